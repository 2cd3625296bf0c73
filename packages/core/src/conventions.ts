/**
 * The one home of every signal name. OpenTelemetry semantic conventions 1.45 first, Prometheus
 * spellings as Prometheus translates them (dots to underscores, unit and `_total` as suffix), then
 * the few names of our own. Nothing else in the repository spells one: dashboards, rules, packages
 * and tests import it from here.
 *
 * Sources: https://opentelemetry.io/docs/specs/semconv/ ·
 * https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/
 */

/** Attributes of a resource: who speaks. */
export const RESOURCE = {
  serviceName: "service.name",
  serviceNamespace: "service.namespace",
  serviceVersion: "service.version",
  serviceInstanceId: "service.instance.id",
  deploymentEnvironmentName: "deployment.environment.name",
  hostName: "host.name",
  processPid: "process.pid",
  containerId: "container.id",
  containerName: "container.name",
  containerImageName: "container.image.name",
  containerImageTags: "container.image.tags",
  composeProject: "docker.compose.project",
  composeService: "docker.compose.service",
  telemetryDistroName: "telemetry.distro.name",
  telemetryDistroVersion: "telemetry.distro.version",
} as const;

/** Attributes of a log record, a span or a metric point. */
export const ATTRIBUTE = {
  /** What a record is; see {@link KINDS}. The collector moves it from the record to the resource. */
  kind: "kind",
  httpRequestMethod: "http.request.method",
  httpResponseStatusCode: "http.response.status_code",
  httpRoute: "http.route",
  urlScheme: "url.scheme",
  urlPath: "url.path",
  urlFull: "url.full",
  urlTemplate: "url.template",
  serverAddress: "server.address",
  serverPort: "server.port",
  networkProtocolVersion: "network.protocol.version",
  errorType: "error.type",
  dbSystemName: "db.system.name",
  dbNamespace: "db.namespace",
  dbCollectionName: "db.collection.name",
  dbOperationName: "db.operation.name",
  /** Statement without its values. */
  dbQueryText: "db.query.text",
  /** `host:port/database`, bounded. */
  dbClientConnectionPoolName: "db.client.connection.pool.name",
  /** `idle` or `used`. */
  dbClientConnectionState: "db.client.connection.state",
  exceptionType: "exception.type",
  exceptionMessage: "exception.message",
  exceptionStacktrace: "exception.stacktrace",
  /** How an uncaught error came about: `uncaughtException` or `unhandledRejection`. */
  exceptionOrigin: "exception.origin",
  /** Fields of a line that a limit left out. */
  fieldsDropped: "fields_dropped",
  /** In printed lines, beside `trace_id` and `span_id`; two hexadecimal digits. */
  traceFlags: "trace_flags",
  sessionId: "session.id",
  sessionPreviousId: "session.previous_id",
  userHash: "user.hash",
  /** HMAC of the browser's own random id: who came, whether or not a user is known. */
  visitorHash: "visitor.hash",
  /** Template of the page's route, `/orders/:id`; never its address. */
  browserRoute: "browser.route",
  browserLanguage: "browser.language",
  browserMobile: "browser.mobile",
  userAgentName: "user_agent.name",
  userAgentVersion: "user_agent.version",
  userAgentOsName: "user_agent.os.name",
  /** `LCP`, `INP`, `CLS`, `FCP`, `TTFB`. */
  browserWebVitalName: "browser.web_vital.name",
  browserWebVitalValue: "browser.web_vital.value",
  /** `good`, `needs-improvement`, `poor`. */
  browserWebVitalRating: "browser.web_vital.rating",
  /** What the user did before an error, the newest last, as JSON text. */
  trail: "trail",
  /** Why frames of a stack stayed as they came, each reason with how many. */
  unresolvedFrames: "unresolved_frames",
  /** Which build a frame belongs to, as it came: `file=debug id` pairs, so that a late map still serves. */
  debugIds: "debug_ids",
  /** What the user pressed: tag, id and caption. */
  element: "element",
  /** What a page said beside a line, as JSON text: its names are the page's, so none of them is a field. */
  pageContext: "context",
  /** Why an error of a browser is in no list of problems: a row of `MUTED_ERRORS`. */
  muted: "muted",
  /** A request to the gateway, as its accounts name the end of it; see the gateway's table. */
  outcome: "outcome",
  logIostream: "log.iostream",
  logFilePath: "log.file.path",
  loggerName: "logger.name",
  /** When it happened, Unix milliseconds, where the record had to be stamped with its arrival. */
  eventTs: "event_ts",
  nodejsEventloopState: "nodejs.eventloop.state",
  v8jsHeapSpaceName: "v8js.heap.space.name",
  v8jsGcType: "v8js.gc.type",
  v8jsResourceType: "v8js.resource.type",
  cpuMode: "cpu.mode",
  reason: "reason",
  signal: "signal",
  /** Name of the metric that a figure is about. */
  metric: "metric",
  /** Name of the attribute that a figure is about. */
  attribute: "attribute",
  /** A server of the stack, by its name. */
  server: "server",
  /** Which start of its container, process slot or file a line belongs to; 1, 2, 3, … */
  run: "run",
  /** Bytes that were cut off the end of a line that was too long. */
  cutBytes: "cut_bytes",
  networkIoDirection: "network.io.direction",
  diskIoDirection: "disk.io.direction",
  /** Verdict of a death, as in the crash record. */
  verdict: "verdict",
  /** What became of a line: `read`, `sent`, `acknowledged`; of the canary's: {@link CANARY_LINE_STATES}. */
  lineState: "state",
} as const;

/** The four stream labels of Loki, exactly these. Everything else is structured metadata. */
export const LOKI_LABEL = {
  serviceName: "service_name",
  deploymentEnvironmentName: "deployment_environment_name",
  hostName: "host_name",
  kind: "kind",
} as const;

/** Structured metadata that Loki or the collector adds, and that queries read. */
export const LOKI_METADATA = {
  severityText: "severity_text",
  severityNumber: "severity_number",
  traceId: "trace_id",
  spanId: "span_id",
  detectedLevel: "detected_level",
  containerName: "container_name",
  /** Why a stage of a query could not read a line; such a line fails the query unless it is left out. */
  pipelineError: "__error__",
} as const;

/** The same of lines of pages. */
export const PAGE_METADATA = {
  browserRoute: "browser_route",
  urlFull: "url_full",
  httpRequestMethod: "http_request_method",
  errorType: "error_type",
  webVitalName: "browser_web_vital_name",
  webVitalValue: "browser_web_vital_value",
} as const;

/** What a record is. `log` is every ordinary line; the others are compact records made from events. */
export const KINDS = ["log", "error", "crash", "session", "ticket", "deploy", "problem"] as const;
export type Kind = (typeof KINDS)[number];

/** Fields of the `error` record, and (the fp ones) of a `log` line that carries an error. */
export const ERROR_FIELD = {
  fp: "fp",
  fpx: "fpx",
  fpTemplate: "fp_t",
  fpVersion: "fp_v",
  exceptionType: "exception_type",
  handled: "handled",
  release: "release",
  userHash: "user_hash",
  sessionId: "session_id",
  visitorHash: "visitor_hash",
  n: "n",
} as const;

export const CRASH_FIELD = {
  crashId: "crash_id",
  source: "source",
  run: "run",
  exitCode: "exit_code",
  signal: "signal",
  verdict: "verdict",
  evidence: "evidence",
  startedAt: "started_at",
  diedAt: "died_at",
  /** Somebody asked Docker to stop, kill or remove it. */
  planned: "planned",
  /** It keeps dying: three deaths or more in ten minutes. */
  restartLoop: "restart_loop",
  /** Deaths of the same service in the last ten minutes, this one included. */
  recentDeaths: "recent_deaths",
  memoryBytes: "memory_bytes",
  memoryLimitBytes: "memory_limit_bytes",
  /** Cores in use over the last minute, 1 = one core. */
  cpuCores: "cpu_cores",
  exceptionType: "exception_type",
  exceptionMessage: "exception_message",
  /** The last line it printed, shortened: what a list shows where no exception is known. */
  lastLine: "last_line",
  fp: "fp",
  fpTemplate: "fp_t",
  release: "release",
} as const;

export const SESSION_FIELD = {
  sessionId: "session_id",
  userHash: "user_hash",
  ui: "ui",
  ur: "ur",
  visitorHash: "visitor_hash",
  release: "release",
  state: "state",
} as const;

export const TICKET_FIELD = { ticketId: "ticket_id", state: "state" } as const;

export const DEPLOY_FIELD = { from: "from", to: "to" } as const;

export const PROBLEM_FIELD = { fp: "fp", action: "action", until: "until" } as const;

/** Event names of OpenTelemetry that some records carry beside their kind. */
export const EVENT_NAME = {
  exception: "exception",
  appCrash: "app.crash",
  sessionStart: "session.start",
  sessionEnd: "session.end",
  browserWebVital: "browser.web_vital",
  browserNavigation: "browser.navigation",
  browserUserAction: "browser.user_action.click",
  /** A request of a page that failed: no answer, or a status that the page's settings name. */
  browserRequestFailed: "browser.request_failed",
} as const;

/** Metric instruments by their OpenTelemetry name. */
export const METRIC = {
  httpServerRequestDuration: "http.server.request.duration",
  httpServerActiveRequests: "http.server.active_requests",
  httpClientRequestDuration: "http.client.request.duration",
  dbClientOperationDuration: "db.client.operation.duration",
  dbClientConnectionCount: "db.client.connection.count",
  dbClientConnectionMax: "db.client.connection.max",
  dbClientConnectionPendingRequests: "db.client.connection.pending_requests",
  /** Time until the pool gave a connection. */
  dbClientConnectionWaitTime: "db.client.connection.wait_time",
  processCpuTime: "process.cpu.time",
  processMemoryUsage: "process.memory.usage",
  processUptime: "process.uptime",
  processOpenFileDescriptors: "process.unix.file_descriptor.count",
  /** Not in the semantic conventions (1.45): the soft limit, at which `open` fails with EMFILE. */
  processFileDescriptorLimit: "process.unix.file_descriptor.limit",
  nodejsEventloopTime: "nodejs.eventloop.time",
  nodejsEventloopUtilization: "nodejs.eventloop.utilization",
  nodejsEventloopDelayMin: "nodejs.eventloop.delay.min",
  nodejsEventloopDelayMean: "nodejs.eventloop.delay.mean",
  nodejsEventloopDelayP50: "nodejs.eventloop.delay.p50",
  nodejsEventloopDelayP90: "nodejs.eventloop.delay.p90",
  nodejsEventloopDelayP99: "nodejs.eventloop.delay.p99",
  nodejsEventloopDelayMax: "nodejs.eventloop.delay.max",
  /** Turns of the event loop since its start. Work per turn tells how far requests are batched. */
  appEventloopIterations: "app.eventloop.iterations",
  /** Of the main thread alone; `process.cpu.time` is of all threads. */
  appThreadCpuTime: "app.thread.cpu.time",
  /** Time the main thread was ready to run and had no core: neighbours, steal, or its CPU limit. */
  appThreadRunqueueWait: "app.thread.runqueue.wait",
  /** Cores the process may use: the smallest of CPU limit, cpuset, affinity and those online. */
  appCapacityCores: "app.capacity.cores",
  /** What the process sees of its own limits; the agent's `container.*` are measured from outside. */
  appCgroupCpuLimit: "app.cgroup.cpu.limit",
  appCgroupCpuPeriods: "app.cgroup.cpu.periods",
  appCgroupCpuThrottledPeriods: "app.cgroup.cpu.throttled.periods",
  appCgroupCpuThrottledTime: "app.cgroup.cpu.throttled.time",
  appCgroupMemoryWorkingSet: "app.cgroup.memory.working_set",
  appCgroupMemoryLimit: "app.cgroup.memory.limit",
  v8jsMemoryHeapUsed: "v8js.memory.heap.used",
  v8jsMemoryHeapSpaceSize: "v8js.memory.heap.space.size",
  v8jsMemoryHeapLimit: "v8js.memory.heap.limit",
  /** Not in the semantic conventions (1.45): memory of objects that lives outside the heap. */
  v8jsMemoryExternal: "v8js.memory.external",
  /** The part of it that buffers take. */
  v8jsMemoryArrayBuffers: "v8js.memory.array_buffers",
  v8jsResourceActive: "v8js.resource.active",
  v8jsGcDuration: "v8js.gc.duration",
  /** Records the SDK, agent or gateway could not deliver, by `reason` and `signal`. */
  droppedRecords: "sightline.dropped.records",
  /** Lines that the crash recorder of a process was given, by `state`. */
  recorderLines: "sightline.recorder.lines",
  /** Records acknowledged by the collector, by `signal`. */
  acknowledgedRecords: "sightline.acknowledged.records",
  /** Measurements counted under `_other`, by `metric` and `attribute`: too many distinct values. */
  cardinalityOverflows: "sightline.cardinality.overflows",
  /** Bytes waiting to be sent, in memory and in the spool. */
  queuedBytes: "sightline.queue.size",
  /**
   * Signs of users beyond those that a process keeps one by one in an hour. Estimates have them all
   * the same; exact counts do not.
   */
  usersOverLimit: "sightline.users.over_limit",
  /** Requests to the gateway, by `outcome` and service. */
  gatewayRequests: "sightline.gateway.requests",
  /** From the first byte of a request to its answer. */
  gatewayRequestDuration: "sightline.gateway.request.duration",
  /** Frames of browsers' stacks, by `outcome`: `resolved`, or why not. */
  gatewayStackFrames: "sightline.gateway.stack_frames",
  /** Web vitals of pages that are times (LCP, INP, FCP, TTFB), seconds; by name and rating. */
  browserWebVitalDuration: "browser.web_vital.duration",
  /** Cumulative layout shift of pages; by rating. */
  browserLayoutShift: "browser.web_vital.layout_shift",
  /** Spans the collector accepted, by service; counted whether or not a store keeps them. */
  spansAccepted: "sightline.spans.accepted",
  /** 1 while a server of the stack answers its health check, else 0; by `server`. */
  stackServerUp: "sightline.stack.server.up",
  /** When `sightline doctor` last sent its sample, in Unix seconds. */
  doctorMarker: "sightline.doctor.marker",
  /** How often the supervisor had to start a server again; by `server`. */
  stackServerRestarts: "sightline.stack.server.restarts",
  containerCpuTime: "container.cpu.time",
  containerMemoryUsage: "container.memory.usage",
  containerNetworkIo: "container.network.io",
  containerDiskIo: "container.disk.io",
  containerUptime: "container.uptime",
  /** Not in the semantic conventions (1.45); named in their way. */
  containerMemoryWorkingSet: "container.memory.working_set",
  containerMemoryLimit: "container.memory.limit",
  containerCpuLimit: "container.cpu.limit",
  containerCpuThrottledTime: "container.cpu.throttled.time",
  containerPids: "container.pid.count",
  containerPidsLimit: "container.pid.limit",
  /** Deaths that nobody planned, by `verdict`. */
  containerCrashes: "sightline.container.crashes",
  /** Starts after the first. */
  containerRestarts: "sightline.container.restarts",
  containerOomKills: "sightline.container.oom_kills",
  /** Lines the agent handled, by `state`. */
  agentLines: "sightline.agent.lines",
  /** Stretches of lost lines of which nobody can know how many they were. */
  agentGaps: "sightline.agent.gaps",
  /** How far behind the source the reader is. */
  agentLag: "sightline.agent.lag",
  /** Bytes of records on disk that the collector has not acknowledged. */
  agentJournalSize: "sightline.agent.journal.size",
  /** Lines of the canary, by `state`. */
  canaryLines: "sightline.canary.lines",
  /** From printing a line to when it was first seen readable in Loki. */
  canaryDelay: "sightline.canary.delay",
  /** When the newest line that was found had been printed, in Unix seconds. */
  canaryLastFound: "sightline.canary.last_found",
  /** Times that the canary could not ask Loki. */
  canaryFailedQueries: "sightline.canary.failed_queries",
} as const;

/** The same metrics as Prometheus stores them. */
export const PROMETHEUS = {
  httpServerRequestDurationBucket: "http_server_request_duration_seconds_bucket",
  httpServerRequestDurationSum: "http_server_request_duration_seconds_sum",
  httpServerRequestDurationCount: "http_server_request_duration_seconds_count",
  httpServerActiveRequests: "http_server_active_requests",
  httpClientRequestDurationBucket: "http_client_request_duration_seconds_bucket",
  httpClientRequestDurationCount: "http_client_request_duration_seconds_count",
  dbClientOperationDurationBucket: "db_client_operation_duration_seconds_bucket",
  dbClientOperationDurationCount: "db_client_operation_duration_seconds_count",
  dbClientConnectionCount: "db_client_connection_count",
  dbClientConnectionMax: "db_client_connection_max",
  dbClientConnectionPendingRequests: "db_client_connection_pending_requests",
  dbClientConnectionWaitTimeBucket: "db_client_connection_wait_time_seconds_bucket",
  processCpuTime: "process_cpu_time_seconds_total",
  processMemoryUsage: "process_memory_usage_bytes",
  processUptime: "process_uptime_seconds",
  processOpenFileDescriptors: "process_unix_file_descriptor_count",
  processFileDescriptorLimit: "process_unix_file_descriptor_limit",
  nodejsEventloopTime: "nodejs_eventloop_time_seconds_total",
  nodejsEventloopUtilization: "nodejs_eventloop_utilization_ratio",
  nodejsEventloopDelayP99: "nodejs_eventloop_delay_p99_seconds",
  nodejsEventloopDelayP50: "nodejs_eventloop_delay_p50_seconds",
  nodejsEventloopDelayMax: "nodejs_eventloop_delay_max_seconds",
  appEventloopIterations: "app_eventloop_iterations_total",
  appThreadCpuTime: "app_thread_cpu_time_seconds_total",
  appThreadRunqueueWait: "app_thread_runqueue_wait_seconds_total",
  appCapacityCores: "app_capacity_cores",
  appCgroupCpuLimit: "app_cgroup_cpu_limit",
  appCgroupCpuPeriods: "app_cgroup_cpu_periods_total",
  appCgroupCpuThrottledPeriods: "app_cgroup_cpu_throttled_periods_total",
  appCgroupCpuThrottledTime: "app_cgroup_cpu_throttled_time_seconds_total",
  appCgroupMemoryWorkingSet: "app_cgroup_memory_working_set_bytes",
  appCgroupMemoryLimit: "app_cgroup_memory_limit_bytes",
  v8jsMemoryHeapUsed: "v8js_memory_heap_used_bytes",
  v8jsMemoryHeapLimit: "v8js_memory_heap_limit_bytes",
  v8jsMemoryHeapSpaceSize: "v8js_memory_heap_space_size_bytes",
  v8jsMemoryExternal: "v8js_memory_external_bytes",
  v8jsMemoryArrayBuffers: "v8js_memory_array_buffers_bytes",
  v8jsResourceActive: "v8js_resource_active",
  v8jsGcDurationSum: "v8js_gc_duration_seconds_sum",
  v8jsGcDurationCount: "v8js_gc_duration_seconds_count",
  droppedRecords: "sightline_dropped_records_total",
  acknowledgedRecords: "sightline_acknowledged_records_total",
  queuedBytes: "sightline_queue_size_bytes",
  cardinalityOverflows: "sightline_cardinality_overflows_total",
  spansAccepted: "sightline_spans_accepted_total",
  gatewayRequests: "sightline_gateway_requests_total",
  gatewayRequestDurationBucket: "sightline_gateway_request_duration_seconds_bucket",
  gatewayRequestDurationSum: "sightline_gateway_request_duration_seconds_sum",
  gatewayRequestDurationCount: "sightline_gateway_request_duration_seconds_count",
  gatewayStackFrames: "sightline_gateway_stack_frames_total",
  browserWebVitalDurationBucket: "browser_web_vital_duration_seconds_bucket",
  browserWebVitalDurationCount: "browser_web_vital_duration_seconds_count",
  browserWebVitalDurationSum: "browser_web_vital_duration_seconds_sum",
  browserLayoutShiftBucket: "browser_web_vital_layout_shift_bucket",
  browserLayoutShiftSum: "browser_web_vital_layout_shift_sum",
  browserLayoutShiftCount: "browser_web_vital_layout_shift_count",
  stackServerUp: "sightline_stack_server_up",
  stackServerRestarts: "sightline_stack_server_restarts_total",
  doctorMarker: "sightline_doctor_marker_seconds",
  containerCpuTime: "container_cpu_time_seconds_total",
  containerMemoryUsage: "container_memory_usage_bytes",
  containerMemoryWorkingSet: "container_memory_working_set_bytes",
  containerMemoryLimit: "container_memory_limit_bytes",
  containerCpuLimit: "container_cpu_limit",
  containerCpuThrottledTime: "container_cpu_throttled_time_seconds_total",
  containerNetworkIo: "container_network_io_bytes_total",
  containerDiskIo: "container_disk_io_bytes_total",
  containerPids: "container_pid_count",
  containerPidsLimit: "container_pid_limit",
  containerUptime: "container_uptime_seconds",
  containerCrashes: "sightline_container_crashes_total",
  containerRestarts: "sightline_container_restarts_total",
  containerOomKills: "sightline_container_oom_kills_total",
  agentLines: "sightline_agent_lines_total",
  agentGaps: "sightline_agent_gaps_total",
  agentLag: "sightline_agent_lag_seconds",
  agentJournalSize: "sightline_agent_journal_size_bytes",
  canaryLines: "sightline_canary_lines_total",
  canaryDelayBucket: "sightline_canary_delay_seconds_bucket",
  canaryDelaySum: "sightline_canary_delay_seconds_sum",
  canaryDelayCount: "sightline_canary_delay_seconds_count",
  canaryLastFound: "sightline_canary_last_found_seconds",
  canaryFailedQueries: "sightline_canary_failed_queries_total",
} as const;

/** Labels of those metrics in Prometheus; resource attributes are promoted by its configuration. */
export const PROMETHEUS_LABEL = {
  serviceName: "service_name",
  serviceVersion: "service_version",
  serviceInstanceId: "service_instance_id",
  deploymentEnvironmentName: "deployment_environment_name",
  hostName: "host_name",
  containerName: "container_name",
  httpRequestMethod: "http_request_method",
  httpResponseStatusCode: "http_response_status_code",
  httpRoute: "http_route",
  serverAddress: "server_address",
  errorType: "error_type",
  reason: "reason",
  dbClientConnectionPoolName: "db_client_connection_pool_name",
  dbClientConnectionState: "db_client_connection_state",
  nodejsEventloopState: "nodejs_eventloop_state",
  v8jsHeapSpaceName: "v8js_heap_space_name",
  v8jsGcType: "v8js_gc_type",
  v8jsResourceType: "v8js_resource_type",
  cpuMode: "cpu_mode",
  signal: "signal",
  verdict: "verdict",
  lineState: "state",
  outcome: "outcome",
  browserWebVitalName: "browser_web_vital_name",
  browserWebVitalRating: "browser_web_vital_rating",
  networkIoDirection: "network_io_direction",
  diskIoDirection: "disk_io_direction",
} as const;

/** What the collector measures of a host, as Prometheus stores it (hostmetrics receiver). */
export const HOST_METRIC = {
  /** By `state`: idle, wait, user, system, ... */
  cpuTime: "system_cpu_time_seconds_total",
  cpuCount: "system_cpu_logical_count",
  memoryAvailable: "system_linux_memory_available_bytes",
  memoryLimit: "system_memory_limit_bytes",
  /** By `state`: used, free, reserved. */
  filesystemUsage: "system_filesystem_usage_bytes",
  filesystemInodes: "system_filesystem_inodes_usage",
} as const;

export const HOST_LABEL = { state: "state", mountpoint: "mountpoint", mode: "mode" } as const;

/** What the servers of the stack say of themselves; Prometheus keeps these (prometheus.yml). */
export const SERVER_METRIC = {
  /** 1 while a target answers the scrape. */
  up: "up",
  lokiDiscardedSamples: "loki_discarded_samples_total",
  lokiRuleFailures: "loki_prometheus_rule_evaluation_failures_total",
  lokiNotificationsDropped: "loki_prometheus_notifications_dropped_total",
  lokiRulerConfigReloaded: "loki_ruler_config_last_reload_successful",
  prometheusRuleFailures: "prometheus_rule_evaluation_failures_total",
  prometheusNotificationsDropped: "prometheus_notifications_dropped_total",
  prometheusConfigReloaded: "prometheus_config_last_reload_successful",
  alertmanagerConfigReloaded: "alertmanager_config_last_reload_successful",
  alertmanagerNotificationsFailed: "alertmanager_notifications_failed_total",
  collectorQueueSize: "otelcol_exporter_queue_size",
  collectorQueueCapacity: "otelcol_exporter_queue_capacity",
  probeSuccess: "probe_success",
  /** Unix seconds. */
  probeCertificateExpiry: "probe_ssl_earliest_cert_expiry",
} as const;

export const SERVER_LABEL = {
  job: "job",
  instance: "instance",
  exporter: "exporter",
  integration: "integration",
  /** Name of a probe, as sightline.yaml has it. */
  probe: "probe",
  /** Which server of the stack. */
  server: "server",
} as const;

/** Jobs of prometheus.yml. */
export const SCRAPE_JOB = {
  /** Applications that have a /metrics page. */
  apps: "apps",
  probes: "probes",
  /** The servers of the stack. */
  stack: [
    "loki",
    "prometheus",
    "collector",
    "alertmanager",
    "blackbox",
    "grafana",
    "tempo",
    "sightline",
  ],
} as const;

/** Metrics that rules record, in the style `level:metric:operations`. */
export const RECORDED = {
  httpRequestRate: "service:http_requests:rate5m",
  logBytesRate: "sightline:log_bytes:rate5m",
  logLinesRate: "sightline:log_lines:rate5m",
} as const;

/** Upper bounds of the duration histograms, in seconds. The semantic convention fixes them. */
export const HTTP_DURATION_BUCKETS_SECONDS = [
  0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
] as const;

/** Upper bounds of web vitals that are times; good and poor of each vital end at one of them. */
export const WEB_VITAL_BUCKETS_SECONDS = [
  0.05, 0.1, 0.2, 0.3, 0.5, 0.8, 1.2, 1.8, 2.5, 3, 4, 6, 10, 20,
] as const;

/** Upper bounds of the cumulative layout shift; good ends at 0.1, poor begins at 0.25. */
export const LAYOUT_SHIFT_BUCKETS = [0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1] as const;

/** Upper bounds of the histograms of database clients, in seconds, as the convention advises. */
export const DB_DURATION_BUCKETS_SECONDS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10] as const;

/**
 * What became of a line of the canary. `written` = `found` + `missing` - `recovered` + `unknown` +
 * those still waited for; `late` and `doubled` are counted beside that.
 */
export const CANARY_LINE_STATES = [
  "written",
  /** Read back; each line once, late ones and recovered ones too. */
  "found",
  /** Not readable for 30 s. */
  "late",
  /** Not readable for 5 minutes. */
  "missing",
  /** Counted as missing, and readable after all. */
  "recovered",
  /** Copies beyond the first. */
  "doubled",
  /** Loki could not be asked for so long that nobody will know. */
  "unknown",
] as const;
export type CanaryLineState = (typeof CANARY_LINE_STATES)[number];

/** Upper bounds of the canary's delays, in seconds; past the last one a line counts as missing. */
export const CANARY_DELAY_BUCKETS_SECONDS = [
  0.25, 0.5, 1, 2, 3, 5, 10, 15, 30, 60, 120, 300,
] as const;

/** Grafana uids; other people's dashboards and links may rely on them. */
export const GRAFANA_UID = {
  loki: "sightline-loki",
  prometheus: "sightline-prometheus",
  tempo: "sightline-tempo",
  alertmanager: "sightline-alertmanager",
  folder: "sightline",
  serviceOverview: "sightline-service-overview",
  containers: "sightline-containers",
  nodeRuntime: "sightline-node-runtime",
  slos: "sightline-slos",
  browser: "sightline-browser",
} as const;

/** Default ports, all on 127.0.0.1; `SIGHTLINE_PORT_<NAME>` overrides one. */
export const PORT = {
  grafana: 3300,
  loki: 3100,
  loki_grpc: 9095,
  tempo: 3200,
  prometheus: 9090,
  alertmanager: 9093,
  blackbox: 9115,
  otlp: 4318,
  otlp_grpc: 4317,
  collector_health: 13133,
  collector_metrics: 8888,
  gateway: 8717,
  agent: 8718,
  board: 8700,
} as const;
export type PortName = keyof typeof PORT;

/** `service.name` of what the stack says about itself. */
export const STACK_SERVICE_NAME = "sightline";

/** `service.name` of what the gateway says about itself. */
export const GATEWAY_SERVICE_NAME = "sightline-gateway";

/** File of `<data>/secrets` that the gateway takes the secret of user hashes from, and makes if need be. */
export const USER_SECRET_FILE = "user-secret";

/** `service.name` of the canary's lines and metrics, unless `OTEL_SERVICE_NAME` says another. */
export const CANARY_SERVICE_NAME = "sightline-canary";

/** Environment variables of our own. `OTEL_*` keep their meaning. */
export const ENV = {
  data: "SIGHTLINE_DATA",
  provisioning: "SIGHTLINE_PROVISIONING",
  host: "SIGHTLINE_HOST",
  environment: "SIGHTLINE_ENVIRONMENT",
  /** Path of `agent.json`. */
  agentConfig: "SIGHTLINE_AGENT_CONFIG",
  /** Path of `gateway.json`. */
  gatewayConfig: "SIGHTLINE_GATEWAY_CONFIG",
  /** Who runs the gateway beside the stack: {@link AGENT_MODES}. */
  gateway: "SIGHTLINE_GATEWAY",
  /** Who runs the agent beside the stack: {@link AGENT_MODES}. */
  agent: "SIGHTLINE_AGENT",
  /** Address that a server listens on where it is not 127.0.0.1: inside a container. */
  listenHost: "SIGHTLINE_LISTEN_HOST",
  logs: "SIGHTLINE_LOGS",
  /** Address of Loki, for what reads lines back. */
  lokiUrl: "SIGHTLINE_LOKI_URL",
  domain: "SIGHTLINE_DOMAIN",
  composeOverride: "SIGHTLINE_COMPOSE_OVERRIDE",
  userSecret: "SIGHTLINE_USER_SECRET",
  portPrefix: "SIGHTLINE_PORT_",
} as const;

/**
 * Who ships a line of a service; the value of `SIGHTLINE_LOGS`. One owner per line: the SDK, whoever
 * reads the output of the process, or (`off`) nobody.
 */
export const LOGS_MODES = ["otlp", "stdout", "off"] as const;
export type LogsMode = (typeof LOGS_MODES)[number];

/**
 * `process`: kept by the supervisor; `container`: by Docker, behind its read-only proxy; `off`: not by
 * `sightline up`, because it runs in another way.
 */
export const AGENT_MODES = ["process", "container", "off"] as const;
export type AgentMode = (typeof AGENT_MODES)[number];

/** What the agent does with a container's lines; the value of the Docker label `sightline.logs`. */
export const SHIP_MODES = ["ship", "tail", "off"] as const;
export type ShipMode = (typeof SHIP_MODES)[number];

/** Routes of the gateway; `<key>`, `<signed>` follow after a slash. */
export const GATEWAY_PATH = {
  collect: "/c",
  report: "/r",
  status: "/status",
  ticket: "/t",
  desk: "/desk",
  alertHook: "/hooks/alerts",
  /** The script for pages without a build; a dull name, because blockers know the others. */
  script: "/b.js",
  health: "/healthz",
} as const;

/** Header of every answer of the gateway that is a refusal: which one, as its accounts name it. */
export const GATEWAY_REASON_HEADER = "x-sightline-reason";

/**
 * What `@sightline/browser` and the gateway agree on beyond Faro's own payload. A Faro receiver
 * leaves it alone, and the gateway takes payloads without it.
 */
export const FARO = {
  /** Query parameter of `/c/<key>`: the page's clock at sending, Unix milliseconds. */
  sentAtParameter: "t",
  /** Type of the measurement that tells what the page lost: its values are counts by `DropReason`. */
  lostMeasurement: "sightline_lost",
  /** Keys in the context of an exception. Values are text, as Faro has it. */
  exceptionContext: {
    /** `true` or `false`. */
    handled: "handled",
    /** How many occurrences this one stands for, at least 1. */
    n: "n",
    /** JSON text: [{at, kind, text}], the newest last. */
    trail: "trail",
    /** JSON text: [{type, message, stack}], the outermost cause first. */
    causes: "causes",
    /** Where React's or Angular's component tree was. */
    componentStack: "component_stack",
  },
  /** Names of events. Others are kept as ordinary lines under their own name. */
  event: {
    sessionStart: "session_start",
    sessionResume: "session_resume",
    sessionExtend: "session_extend",
    sessionEnd: "session_end",
    navigation: "browser.navigation",
    userAction: "browser.user_action.click",
    requestFailed: "browser.request_failed",
  },
  /** Type of the measurement of Faro's web vitals. */
  webVitalsMeasurement: "web-vitals",
  /** The global that the build's snippet fills: text of a stack → debug id. */
  debugIdsGlobal: "__sightlineDebugIds",
} as const;

/** Folders below `SIGHTLINE_DATA`. */
export const DATA_FOLDER = {
  stack: "stack",
  secrets: "secrets",
  spool: "spool",
  ring: "ring",
  maps: "gateway/maps",
  gateway: "gateway",
  agent: "agent",
  /** What `sightline apply` gave to this stack's servers. */
  applied: "applied",
} as const;

/** Docker labels of our own. */
export const DOCKER_LABEL = {
  /** What happens to the lines; one of {@link SHIP_MODES}. */
  logs: "sightline.logs",
  /** `service.name`, where it is not the Compose service or the container's name. */
  service: "sightline.service",
  /** Regular expression of a record's first line, where the built-in rules do not fit. */
  multiline: "sightline.multiline",
} as const;

/**
 * Limits past which Loki refuses an entry, which is then lost. Every sender stays inside them.
 * Source: Loki 3.7 `limits_config` defaults and `pkg/validation`.
 */
export const LOKI_LIMIT = {
  maxAgeMillis: 604_800_000,
  maxFutureMillis: 600_000,
  maxMetadataBytes: 65_536,
  maxMetadataEntries: 128,
  maxBodyBytes: 262_144,
  maxLabels: 15,
} as const;

/** Annotations of an alert that messages are made of. `summary` to `runbook_url` are everybody's names. */
export const ANNOTATION = {
  summary: "summary",
  description: "description",
  runbookUrl: "runbook_url",
  dashboardUrl: "dashboard_url",
  /** The newest line that matches, shortened. */
  line: "line",
  /** Its text without what differs from one to the next. */
  template: "template",
  count: "count",
  firstSeen: "first_seen",
  /** How many users it hit. */
  users: "users",
  release: "release",
  /** LogQL that gives the lines of this alert. */
  logsQuery: "logs_query",
  logsUrl: "logs_url",
  /** Shows the lines in a terminal, where there is no page to link to. */
  logsCommand: "logs_command",
  silenceUrl: "silence_url",
} as const;

/** Labels of an alert, beside those of its series. */
export const ALERT_LABEL = {
  alertName: "alertname",
  /** `critical`, `warning`, `info`; `none` for what only tells that alerting works. */
  severity: "severity",
  /** Contacts that the alert names itself, as `,ops,chat,`. */
  tell: "tell",
  /** Which project's specification it is of. */
  project: "sightline_project",
  /** Of a test message alone: the contact that it goes to. */
  notify: "sightline_notify",
  /** Told apart from every other test. */
  notifyId: "sightline_notify_id",
  /** `true`: the contact is told of the end, too. */
  notifyEnd: "sightline_notify_end",
} as const;

/** Exit codes of the CLI. */
export const EXIT = {
  ok: 0,
  failure: 1,
  changes: 2,
  problems: 3,
  partlyApplied: 4,
  stalePlan: 5,
  notAuthorised: 6,
  unsupportedVersion: 7,
  noAnswer: 8,
  usage: 64,
  interrupted: 130,
} as const;
