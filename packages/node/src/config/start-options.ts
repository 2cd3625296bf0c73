import type { LogsMode, RedactorOptions } from "@sightline/core";
import type { DatabaseName } from "../databases/database-names.ts";
import type { LoggerName } from "../logs/loggers.ts";

/**
 * Everything `start()` takes. Code beats the environment, the environment beats the default.
 * A wrong value throws one error that lists every fault.
 */
export type StartOptions = {
  /** Name of the service. Default: `OTEL_SERVICE_NAME`, else the name in the nearest package.json. */
  serviceName?: string | undefined;
  /** Release that runs. Default: `service.version` in `OTEL_RESOURCE_ATTRIBUTES`, else package.json. */
  serviceVersion?: string | undefined;
  /** Such as `production` or `staging`. Default: `deployment.environment.name` of the environment. */
  environment?: string | undefined;
  /** Further resource attributes by their OpenTelemetry name. Default: `OTEL_RESOURCE_ATTRIBUTES`. */
  resourceAttributes?: Readonly<Record<string, string>> | undefined;
  /**
   * Base URL of the OTLP/HTTP receiver; `/v1/logs`, `/v1/metrics` and `/v1/traces` are appended.
   * Default: `OTEL_EXPORTER_OTLP_ENDPOINT`, else `http://127.0.0.1:4318`. Beats the per-signal
   * endpoints of the environment.
   */
  endpoint?: string | undefined;
  /** Headers of every export, such as an authorization. Default: `OTEL_EXPORTER_OTLP_HEADERS`. */
  headers?: Readonly<Record<string, string>> | undefined;
  /** Default: `OTEL_EXPORTER_OTLP_COMPRESSION`, else `none` to a receiver on this machine and `gzip` elsewhere. */
  compression?: "gzip" | "none" | undefined;
  /** One export request, in milliseconds, 100 to 600,000. Default: `OTEL_EXPORTER_OTLP_TIMEOUT`, else 10,000. */
  exportTimeoutMillis?: number | undefined;
  /**
   * `otlp` sends each line; `stdout` leaves the lines to what reads the output of the process and
   * only adds `trace_id`, `span_id`, `user.hash` and `session.id` to those of winston and pino; `off`
   * leaves the loggers alone.
   * Default: `SIGHTLINE_LOGS`, else `otlp`; `off` with `OTEL_LOGS_EXPORTER=none`.
   */
  logs?: LogsMode | undefined;
  /**
   * Whose lines are taken: `winston`, `pino`, `console`. Default: all, less what
   * `OTEL_NODE_DISABLED_INSTRUMENTATIONS` names.
   */
  loggers?: readonly LoggerName[] | undefined;
  /**
   * Runs the format of a winston logger on a copy of each line before it is sent, so that a format
   * that masks or drops lines counts for what is sent too. It then runs twice a line. Default: false.
   */
  winstonFormats?: boolean | undefined;
  /** Default: true; false with `OTEL_METRICS_EXPORTER=none`. */
  metrics?: boolean | undefined;
  /**
   * Sends the metrics of `prom-client` along, under their own names, with the others. Default: true.
   * Without `metrics` there is neither.
   */
  promClient?: boolean | undefined;
  /** Time between two exports of metrics, 1,000 to 3,600,000 ms. Default: `OTEL_METRIC_EXPORT_INTERVAL`, else 15,000. */
  metricIntervalMillis?: number | undefined;
  /** Default: true; false with `OTEL_TRACES_EXPORTER=none`. */
  traces?: boolean | undefined;
  /**
   * Share of traces kept, 0 to 1, decided at the first service and followed by the others.
   * Default: `OTEL_TRACES_SAMPLER` and `OTEL_TRACES_SAMPLER_ARG`, else 0.1.
   */
  sampleRatio?: number | undefined;
  /**
   * Drivers that are measured and traced: `pg`, `mysql2`, `mongodb`, `redis`, `ioredis`, `knex`; false
   * for none. Default: all, less what `OTEL_NODE_ENABLED_INSTRUMENTATIONS` leaves out and
   * `OTEL_NODE_DISABLED_INSTRUMENTATIONS` names.
   */
  databases?: false | readonly DatabaseName[] | undefined;
  /**
   * Folder for what could not be sent yet; false keeps it in memory only. Several processes may
   * share it. Default: `spool/<service>` under `SIGHTLINE_DATA`, else under `~/.local/share/sightline`.
   */
  spoolDirectory?: string | false | undefined;
  /** Size limit of that folder in bytes, 1 MiB to 64 GiB. Default: 128 MiB. */
  spoolMaxBytes?: number | undefined;
  /**
   * Keeps the last lines and a heartbeat in a file of fixed size, so that the next start can send
   * what was unsent when this process died, and say why it died. Default: true.
   */
  crashRecorder?: boolean | undefined;
  /**
   * Folder of those files; the processes of a service may share it. It must outlive the process: in a
   * container a volume. Default: `ring/<service>` under `SIGHTLINE_DATA`, else under
   * `~/.local/share/sightline`.
   */
  ringDirectory?: string | undefined;
  /** Size of that file in bytes, 256 KiB to 256 MiB. Default: 4 MiB. */
  ringMaxBytes?: number | undefined;
  /** Memory for records that wait, in bytes, 64 KiB to 1 GiB. Default: 16 MiB. */
  maxMemoryBytes?: number | undefined;
  /**
   * What is taken out of lines before they leave, beside the built-in secrets: `denyKeys`,
   * `allowKeys`, `allowCategories` and so on, see `RedactorOptions`. Default: the built-in rules.
   */
  redaction?: RedactorOptions | undefined;
  /**
   * Secret behind the hashes of `identify`, at least 16 characters, the same in every process and in
   * the gateway. A new one makes every user a new one. Default: `SIGHTLINE_USER_SECRET`; without it
   * nobody is counted.
   */
  userSecret?: string | undefined;
  /** Longest time an exit waits for what is unsent, 0 to 60,000 ms. Default: 2,000. */
  flushTimeoutMillis?: number | undefined;
  /** Distinct routes before the rest is counted as `_other`, 1 to 10,000. Default: 500. */
  maxRoutes?: number | undefined;
  /** Distinct `host:port` called before the rest is counted as `_other`, 1 to 10,000. Default: 100. */
  maxPeers?: number | undefined;
  /** Distinct templates of paths called on one host before the rest is `_other`, 1 to 1,000. Default: 50. */
  maxTemplates?: number | undefined;
  /** Distinct values of any other attribute of a metric before the rest is `_other`, 1 to 10,000. Default: 200. */
  maxLabelValues?: number | undefined;
  /**
   * Names the template of a URL that is called, `/users/{id}`, for `url.template`; undefined leaves it
   * to what is learned from the paths. Must be quick: it runs for each call. Default: none.
   */
  clientTemplate?: ((url: string) => string | undefined) | undefined;
  /** Flush on SIGTERM and SIGINT. Default: true. The signal still ends the process, see README. */
  handleSignals?: boolean | undefined;
  /** Say on stderr, once, where the signals go and whether somebody answers there. Default: true. */
  startupLine?: boolean | undefined;
  /** Nothing is started or patched. Default: `OTEL_SDK_DISABLED`, else false. */
  disabled?: boolean | undefined;
};

export type OptionName = keyof StartOptions;
