import type { AlertCase } from "./promtool-cases.ts";

const who = 'deployment_environment_name="prod", service_name="api"';
const where = `${who}, host_name="vm-1"`;
const container = `${where}, container_name="api-1"`;
const onHost = { deployment_environment_name: "prod", service_name: "api", host_name: "vm-1" };
const ofService = { deployment_environment_name: "prod", service_name: "api" };
const ofContainer = { ...onHost, container_name: "api-1" };
const host = { host_name: "vm-1" };

/** The path into Prometheus works. */
const path = { 'system_cpu_logical_count{host_name="vm-1"}': "4x2000" };

const count = (status: number, more = ""): string =>
  `http_server_request_duration_seconds_count{${who}, http_response_status_code="${status}"${more}}`;
const bucket = (le: string): string =>
  `http_server_request_duration_seconds_bucket{${who}, le="${le}"}`;
const disk = (metric: string, state: string): string =>
  `${metric}{host_name="vm-1", mountpoint="/", device="/dev/vda", mode="rw", type="ext4", state="${state}"}`;
const USAGE = "system_filesystem_usage_bytes";
const INODES = "system_filesystem_inodes_usage";
const probe = 'job="probes", instance="https://example.org", probe="Shop"';
const ofProbe = { instance: "https://example.org", probe: "Shop" };
const canary = 'service_name="sightline-canary", host_name="vm-1"';

const gatewaySign =
  'sightline_acknowledged_records_total{service_name="sightline-gateway", host_name="vm-1", service_instance_id="vm-1:8717", signal="logs"}';
const beacons = (outcome: string): string =>
  `sightline_gateway_requests_total{${who}, outcome="${outcome}"}`;
const vital = (name: string, rating: string): string =>
  `browser_web_vital_duration_seconds_count{${who}, browser_web_vital_name="${name}", browser_web_vital_rating="${rating}"}`;

function slowVital(name: string, other: string): readonly AlertCase[] {
  return [
    {
      title: `every third is poor (${name})`,
      series: { [vital(name, "good")]: "0+2x200", [vital(name, "poor")]: "0+1x200" },
      fires: { at: "40m", labels: ofService },
      lasts: "90m",
    },
    {
      title: `few are poor (${name})`,
      series: { [vital(name, "good")]: "0+10x200", [vital(name, "poor")]: "0+1x200" },
      lasts: "90m",
    },
    {
      title: `the only visitor has an old phone (${name})`,
      series: { [vital(name, "poor")]: "0+1x20 20x180" },
      lasts: "180m",
    },
    {
      title: `only ${other} is poor`,
      series: { [vital(name, "good")]: "0+2x200", [vital(other, "poor")]: "0+5x200" },
      lasts: "90m",
    },
  ];
}

/** By id of the default alert. Each has one that fires and one that does not. */
export const DEFAULT_ALERT_CASES: Readonly<Record<string, readonly AlertCase[]>> = {
  "service-down": [
    {
      title: "a container that died and did not come back",
      series: {
        ...path,
        [`container_uptime_seconds{${container}}`]: "60+60x60 _x30",
        [`sightline_container_crashes_total{${container}, verdict="uncaught"}`]: "0x60 1x30",
        [`sightline_container_crashes_total{${container}, verdict="killed"}`]: "0x90",
      },
      fires: { at: "67m", labels: onHost },
      lasts: "80m",
    },
    {
      title: "a container that was stopped on purpose",
      series: {
        ...path,
        [`container_uptime_seconds{${container}}`]: "60+60x60 _x30",
        [`sightline_container_crashes_total{${container}, verdict="killed"}`]: "0x90",
      },
      lasts: "90m",
    },
    {
      title: "a container that crashed an hour ago, came back, and was stopped on purpose",
      series: {
        ...path,
        [`container_uptime_seconds{${container}}`]: "60+60x30 0+60x60 _x30",
        [`sightline_container_crashes_total{${container}, verdict="killed"}`]: "0x30 1x90",
      },
      lasts: "120m",
    },
    {
      title: "an agent that was stopped, long after a crash",
      series: {
        ...path,
        [`container_uptime_seconds{${container}}`]: "0+60x30 0+60x60 _x60",
        [`sightline_container_crashes_total{${container}, verdict="killed"}`]: "0x30 1x60 _x60",
      },
      lasts: "150m",
    },
    {
      title: "a container that a deployment replaced by another one",
      series: {
        ...path,
        [`container_uptime_seconds{${container}}`]: "60+60x60 _x60",
        [`container_uptime_seconds{${where}, container_name="api-2"}`]: "_x61 0+60x60",
        [`sightline_container_crashes_total{${container}, verdict="killed"}`]: "0x60 1x60",
      },
      lasts: "120m",
    },
    {
      title: "a container that is restarted within seconds",
      series: {
        ...path,
        [`container_uptime_seconds{${container}}`]: "60+60x60 0+60x30",
        [`sightline_container_crashes_total{${container}, verdict="killed"}`]: "0x60 1x30",
      },
      lasts: "90m",
    },
    {
      title: "a process outside of containers that is gone",
      series: {
        ...path,
        [`process_uptime_seconds{${where}, service_instance_id="a"}`]: "60+60x60 _x30",
      },
      fires: { at: "66m", labels: onHost },
      lasts: "80m",
    },
    {
      title: "a process that another one has replaced",
      series: {
        ...path,
        [`process_uptime_seconds{${where}, service_instance_id="a"}`]: "60+60x60 _x30",
        [`process_uptime_seconds{${where}, service_instance_id="b"}`]: "_x61 0+60x30",
      },
      lasts: "90m",
    },
    {
      title: "a service that moved to another host",
      series: {
        ...path,
        [`process_uptime_seconds{${where}, service_instance_id="a"}`]: "60+60x60 _x60",
        [`process_uptime_seconds{${who}, host_name="vm-2", service_instance_id="b"}`]:
          "_x59 0+60x60",
      },
      lasts: "120m",
    },
    {
      title: "a job that ends after five minutes",
      series: {
        ...path,
        [`process_uptime_seconds{${where}, service_instance_id="a"}`]: "60+60x5 _x60",
      },
      lasts: "60m",
    },
    {
      title: "a machine that slept, and whose services come back a minute after its own figures",
      series: {
        'system_cpu_logical_count{host_name="vm-1"}': "4x60 _x60 4x60",
        [`process_uptime_seconds{${where}, service_instance_id="a"}`]: "60+60x60 _x61 3780+60x59",
      },
      lasts: "180m",
    },
  ],
  "error-rate": [
    {
      title: "a service of which one request in ten fails, whose failures begin above zero",
      series: { [count(200)]: "0+60x40", [count(500)]: "_x10 6+6x30" },
      fires: { at: "20m", labels: ofService },
      lasts: "30m",
    },
    {
      title: "a service that only fails",
      series: { [count(200)]: "100x40", [count(503)]: "_x10 20+20x30" },
      fires: { at: "16m", labels: ofService },
      lasts: "30m",
    },
    {
      title: "a deployment that fails for a minute",
      series: { [count(200)]: "0+60x40", [count(502)]: "_x10 40x30" },
      lasts: "40m",
    },
    {
      title: "one failure of a service that is hardly used",
      series: { [count(200)]: "0x10 1x30", [count(500)]: "_x12 1x30" },
      lasts: "40m",
    },
    {
      title: "a quiet service",
      series: { [count(200)]: "500x60", [count(500)]: "20x60" },
      lasts: "60m",
    },
    {
      title: "a process that starts anew with a history of failures",
      series: {
        [count(200, ', service_instance_id="a"')]: "10000+60x60",
        [count(500, ', service_instance_id="a"')]: "900x20 0x40",
      },
      lasts: "60m",
    },
    {
      title: "a collector that was away for half an hour",
      series: { [count(200)]: "10000+60x20 _x30 13000+60x30", [count(500)]: "900x20 _x30 900x30" },
      lasts: "80m",
    },
    {
      title: "answers that the client is to blame for",
      series: { [count(200)]: "0+10x40", [count(404)]: "0+90x40" },
      lasts: "40m",
    },
  ],
  latency: [
    {
      title: "a service of which one request in ten takes two seconds",
      series: {
        [bucket("1")]: "0+90x60",
        [bucket("2.5")]: "0+100x60",
        [bucket("+Inf")]: "0+100x60",
        [count(200)]: "0+100x60",
      },
      fires: { at: "30m", labels: ofService },
      lasts: "60m",
    },
    {
      title: "three slow requests in an hour",
      series: {
        [bucket("1")]: "0x60",
        [bucket("2.5")]: "0x20 1x20 3x20",
        [bucket("+Inf")]: "0x20 1x20 3x20",
        [count(200)]: "0x20 1x20 3x20",
      },
      lasts: "60m",
    },
    {
      title: "a service without requests",
      series: { [bucket("1")]: "9x60", [bucket("+Inf")]: "100x60", [count(200)]: "100x60" },
      lasts: "60m",
    },
  ],
  "traffic-stopped": [
    {
      title: "a busy service that gets nothing any more",
      series: { [count(200)]: "0+30x240 7200x30" },
      fires: { at: "262m", labels: ofService },
      lasts: "265m",
    },
    {
      title: "a service that never had many requests",
      series: { [count(200)]: "0+1x240 240x30" },
      lasts: "270m",
    },
    {
      title: "a service that is gone altogether",
      series: { [count(200)]: "0+30x240 _x30" },
      lasts: "270m",
    },
    {
      title: "a restart",
      series: {
        [count(200, ', service_instance_id="a"')]: "0+30x240 _x30",
        [count(200, ', service_instance_id="b"')]: "_x241 0+30x30",
      },
      lasts: "270m",
    },
  ],
  "scrape-failing": [
    {
      title: "a page that does not answer",
      series: { 'up{job="apps", instance="shop:9100"}': "1x10 0x20" },
      fires: { at: "16m", labels: { instance: "shop:9100", job: "apps" } },
      lasts: "20m",
    },
    {
      title: "one failed scrape",
      series: { 'up{job="apps", instance="shop:9100"}': "1x10 0 1x20" },
      lasts: "30m",
    },
  ],
  "oom-kill": [
    {
      title: "a killed process",
      series: { [`sightline_container_oom_kills_total{${container}}`]: "0x10 1x20" },
      fires: { at: "12m", labels: ofContainer },
      lasts: "30m",
    },
    {
      title: "kills of last week",
      series: { [`sightline_container_oom_kills_total{${container}}`]: "3x60" },
      lasts: "60m",
    },
    {
      title: "an agent that counts anew",
      series: { [`sightline_container_oom_kills_total{${container}}`]: "3x20 0x20" },
      lasts: "40m",
    },
  ],
  "host-silent": [
    {
      title: "a machine that stops while another one sends",
      series: {
        'system_cpu_logical_count{host_name="vm-0"}': "2x90",
        'sightline_agent_journal_size_bytes{host_name="vm-1", service_name="sightline-agent"}':
          "0x30 _x60",
      },
      fires: { at: "38m", labels: host },
      lasts: "60m",
    },
    {
      title: "a single machine that slept",
      series: { 'system_cpu_logical_count{host_name="vm-1"}': "2x30 _x60 2x30" },
      lasts: "120m",
    },
  ],
  "host-cpu": [
    {
      title: "a busy machine",
      series: {
        'system_cpu_time_seconds_total{host_name="vm-1", cpu="cpu0", state="user"}': "0+58x60",
        'system_cpu_time_seconds_total{host_name="vm-1", cpu="cpu0", state="idle"}': "0+2x60",
      },
      fires: { at: "25m", labels: host },
      lasts: "60m",
    },
    {
      title: "a machine that waits for its disk",
      series: {
        'system_cpu_time_seconds_total{host_name="vm-1", cpu="cpu0", state="user"}': "0+6x60",
        'system_cpu_time_seconds_total{host_name="vm-1", cpu="cpu0", state="wait"}': "0+54x60",
        'system_cpu_time_seconds_total{host_name="vm-1", cpu="cpu0", state="idle"}': "0+0x60",
      },
      lasts: "60m",
    },
    {
      title: "ten busy minutes",
      series: {
        'system_cpu_time_seconds_total{host_name="vm-1", cpu="cpu0", state="user"}':
          "0x20 60+60x9 600x40",
        'system_cpu_time_seconds_total{host_name="vm-1", cpu="cpu0", state="idle"}':
          "0+60x20 1200x9 1260+60x40",
      },
      lasts: "70m",
    },
  ],
  "host-memory": [
    {
      title: "little that can be taken back",
      series: {
        'system_linux_memory_available_bytes{host_name="vm-1", service_name="host"}': "5x30",
        'system_memory_limit_bytes{host_name="vm-1", service_name="host"}': "100x30",
      },
      fires: { at: "10m", labels: host },
      lasts: "30m",
    },
    {
      title: "memory full of caches",
      series: {
        'system_linux_memory_available_bytes{host_name="vm-1", service_name="host"}': "60x30",
        'system_memory_limit_bytes{host_name="vm-1", service_name="host"}': "100x30",
      },
      lasts: "30m",
    },
  ],
  "disk-forecast": [
    {
      title: "a disk that fills at a steady pace",
      series: { [disk(USAGE, "free")]: "3600-5x500", [disk(USAGE, "used")]: "6400+5x500" },
      fires: { at: "400m", labels: { ...host, mountpoint: "/" } },
      lasts: "500m",
    },
    {
      title: "a large download on an empty disk",
      series: {
        [disk(USAGE, "free")]: "9000x330 9000-60x60 5400x60",
        [disk(USAGE, "used")]: "1000x330 1000+60x60 4600x60",
      },
      lasts: "450m",
    },
    {
      title: "a disk that stopped filling two hours ago",
      series: {
        [disk(USAGE, "free")]: "3000-5x250 1750x200",
        [disk(USAGE, "used")]: "7000+5x250 8250x200",
      },
      lasts: "450m",
    },
    {
      title: "a disk that was just mounted",
      series: { [disk(USAGE, "free")]: "3000-5x200", [disk(USAGE, "used")]: "7000+5x200" },
      lasts: "200m",
    },
    {
      title: "a disk that gets emptier",
      series: { [disk(USAGE, "free")]: "1000+1x450", [disk(USAGE, "used")]: "9000-1x450" },
      lasts: "450m",
    },
  ],
  "disk-full": [
    {
      title: "96 %",
      series: {
        [disk(USAGE, "free")]: "40x30",
        [disk(USAGE, "used")]: "960x30",
        [disk(USAGE, "reserved")]: "50x30",
      },
      fires: { at: "8m", labels: { ...host, mountpoint: "/" } },
      lasts: "30m",
    },
    {
      title: "90 %",
      series: { [disk(USAGE, "free")]: "100x30", [disk(USAGE, "used")]: "900x30" },
      lasts: "30m",
    },
    {
      title: "a read-only image, which is always full",
      series: {
        'system_filesystem_usage_bytes{host_name="vm-1", mountpoint="/media/cd", mode="ro", state="used"}':
          "100x30",
        'system_filesystem_usage_bytes{host_name="vm-1", mountpoint="/media/cd", mode="ro", state="free"}':
          "0x30",
      },
      lasts: "30m",
    },
  ],
  "disk-inodes": [
    {
      title: "95 %",
      series: { [disk(INODES, "free")]: "5x30", [disk(INODES, "used")]: "95x30" },
      fires: { at: "15m", labels: { ...host, mountpoint: "/" } },
      lasts: "30m",
    },
    {
      title: "a file system that counts no inodes",
      series: { [disk(INODES, "free")]: "0x30", [disk(INODES, "used")]: "0x30" },
      lasts: "30m",
    },
  ],
  "container-memory": [
    {
      title: "95 % of the limit",
      series: {
        [`container_memory_working_set_bytes{${container}}`]: "95x30",
        [`container_memory_limit_bytes{${container}}`]: "100x30",
      },
      fires: { at: "8m", labels: ofContainer },
      lasts: "30m",
    },
    {
      title: "no limit",
      series: { [`container_memory_working_set_bytes{${container}}`]: "95x30" },
      lasts: "30m",
    },
    {
      title: "a limit of zero",
      series: {
        [`container_memory_working_set_bytes{${container}}`]: "95x30",
        [`container_memory_limit_bytes{${container}}`]: "0x30",
      },
      lasts: "30m",
    },
  ],
  "container-cpu": [
    {
      title: "held back for half of the time",
      series: {
        [`container_cpu_throttled_time_seconds_total{${container}}`]: "0+30x60",
        [`container_cpu_limit{${container}}`]: "1x60",
      },
      fires: { at: "30m", labels: ofContainer },
      lasts: "60m",
    },
    {
      title: "held back for a moment of each of four cores",
      series: {
        [`container_cpu_throttled_time_seconds_total{${container}}`]: "0+30x60",
        [`container_cpu_limit{${container}}`]: "4x60",
      },
      lasts: "60m",
    },
  ],
  "probe-failing": [
    {
      title: "an address that does not answer",
      series: { [`probe_success{${probe}}`]: "1x10 0x20" },
      fires: { at: "15m", labels: ofProbe },
      lasts: "30m",
    },
    {
      title: "one failed probe",
      series: { [`probe_success{${probe}}`]: "1x10 0 1x20" },
      lasts: "30m",
    },
  ],
  "certificate-expiry": [
    {
      title: "ten days",
      series: { [`probe_ssl_earliest_cert_expiry{${probe}}`]: "864000x60" },
      fires: { at: "20m", labels: ofProbe },
      lasts: "60m",
    },
    {
      title: "thirty days",
      series: { [`probe_ssl_earliest_cert_expiry{${probe}}`]: "2592000x60" },
      lasts: "60m",
    },
    {
      title: "an address without TLS",
      series: { [`probe_success{${probe}}`]: "1x60" },
      lasts: "60m",
    },
  ],
  watchdog: [{ title: "always", series: {}, fires: { at: "1m", labels: {} }, lasts: "1m" }],
  "server-down": [
    {
      title: "a server that does not answer",
      series: { 'up{job="loki", instance="loki:3100"}': "1x5 0x20" },
      fires: { at: "10m", labels: { job: "loki", instance: "loki:3100" } },
      lasts: "20m",
    },
    {
      title: "a restart",
      series: { 'up{job="loki", instance="loki:3100"}': "1x5 0x1 1x20" },
      lasts: "20m",
    },
    {
      title: "a page of an application",
      series: { 'up{job="apps", instance="shop:9100"}': "0x20" },
      lasts: "20m",
    },
  ],
  "server-restarting": [
    {
      title: "three restarts",
      series: {
        'sightline_stack_server_restarts_total{host_name="vm-1", server="loki"}': "0x10 1 2 3x30",
      },
      fires: { at: "14m", labels: { host_name: "vm-1", server: "loki" } },
      lasts: "30m",
    },
    {
      title: "one restart",
      series: {
        'sightline_stack_server_restarts_total{host_name="vm-1", server="loki"}': "0x10 1x30",
      },
      lasts: "40m",
    },
  ],
  "data-refused": [
    {
      title: "a reason that begins above zero",
      series: { 'loki_discarded_samples_total{reason="too_old", tenant="fake"}': "_x10 7x30" },
      fires: { at: "12m", labels: { reason: "too_old" } },
      lasts: "30m",
    },
    {
      title: "what was refused before Prometheus looked for the first time",
      series: { 'loki_discarded_samples_total{reason="too_old", tenant="fake"}': "7x120" },
      lasts: "30m",
    },
    {
      title: "nothing refused",
      series: { 'loki_discarded_samples_total{reason="too_old", tenant="fake"}': "0x60" },
      lasts: "60m",
    },
  ],
  "queue-fills": [
    {
      title: "60 %",
      series: {
        'otelcol_exporter_queue_size{exporter="otlp_http/loki"}': "60x30",
        'otelcol_exporter_queue_capacity{exporter="otlp_http/loki"}': "100x30",
      },
      fires: { at: "10m", labels: { exporter: "otlp_http/loki" } },
      lasts: "30m",
    },
    {
      title: "a short peak",
      series: {
        'otelcol_exporter_queue_size{exporter="otlp_http/loki"}': "0x5 90x2 0x30",
        'otelcol_exporter_queue_capacity{exporter="otlp_http/loki"}': "100x40",
      },
      lasts: "40m",
    },
  ],
  "rules-failing": [
    {
      title: "a rule that fails each minute",
      series: {
        'loki_prometheus_rule_evaluation_failures_total{job="loki", rule_group="x"}': "0+1x30",
      },
      fires: { at: "15m", labels: { job: "loki" } },
      lasts: "30m",
    },
    {
      title: "no failure",
      series: {
        'prometheus_rule_evaluation_failures_total{job="prometheus", rule_group="x"}': "0x30",
      },
      lasts: "30m",
    },
  ],
  "notifications-failing": [
    {
      title: "messages that a receiver refuses",
      series: {
        'alertmanager_notifications_failed_total{integration="email", reason="other"}':
          "0x5 1+1x20",
      },
      fires: { at: "10m", labels: { integration: "email" } },
      lasts: "30m",
    },
    {
      title: "none failed",
      series: {
        'alertmanager_notifications_failed_total{integration="email", reason="other"}': "0x60",
      },
      lasts: "60m",
    },
  ],
  "notifications-dropped": [
    {
      title: "alerts that Alertmanager does not take",
      series: { 'prometheus_notifications_dropped_total{job="prometheus"}': "0x5 1+1x20" },
      fires: { at: "10m", labels: { job: "prometheus" } },
      lasts: "30m",
    },
    {
      title: "what was lost before Prometheus looked for the first time",
      series: { 'prometheus_notifications_dropped_total{job="prometheus"}': "4x60 0x20" },
      lasts: "80m",
    },
    {
      title: "none at all",
      series: { 'prometheus_notifications_dropped_total{job="prometheus"}': "0x60" },
      lasts: "60m",
    },
  ],
  "config-refused": [
    {
      title: "a configuration that could not be read",
      series: { 'alertmanager_config_last_reload_successful{job="alertmanager"}': "1x5 0x20" },
      fires: { at: "12m", labels: { job: "alertmanager" } },
      lasts: "20m",
    },
    {
      title: "one that was read",
      series: { 'prometheus_config_last_reload_successful{job="prometheus"}': "1x30" },
      lasts: "30m",
    },
  ],
  "records-dropped": [
    {
      title: "records that a service lost",
      series: {
        [`sightline_dropped_records_total{${where}, reason="queue_full", signal="logs"}`]:
          "_x10 12x30",
      },
      fires: { at: "12m", labels: { ...ofService, reason: "queue_full", signal: "logs" } },
      lasts: "30m",
    },
    {
      title: "what was sampled on purpose",
      series: {
        [`sightline_dropped_records_total{${where}, reason="sampled", signal="traces"}`]:
          "0+100x60",
      },
      lasts: "60m",
    },
    {
      title: "a total that stays after a restart of the agent",
      series: {
        [`sightline_dropped_records_total{${where}, reason="rejected", signal="logs"}`]:
          "0x5 0x100 _x120 0x60",
      },
      lasts: "280m",
    },
  ],
  "log-gap": [
    {
      title: "a gap",
      series: { [`sightline_agent_gaps_total{${where}}`]: "0x10 1x30" },
      fires: { at: "12m", labels: onHost },
      lasts: "30m",
    },
    {
      title: "no gap",
      series: { [`sightline_agent_gaps_total{${where}}`]: "0x60" },
      lasts: "60m",
    },
  ],
  "source-quiet": [
    {
      title: "a service that logged all day and stopped, and still runs",
      series: {
        [`sightline:log_lines:rate5m{${who}, kind="log"}`]: "1x1500 _x90",
        [`container_uptime_seconds{${container}}`]: "0+60x1600",
      },
      fires: { at: "1545m", labels: ofService },
      lasts: "1560m",
    },
    {
      title: "one that was stopped",
      series: {
        [`sightline:log_lines:rate5m{${who}, kind="log"}`]: "1x1500 _x90",
        [`container_uptime_seconds{${container}}`]: "0+60x1500",
      },
      lasts: "1590m",
    },
    {
      title: "one that is quiet every night",
      series: {
        [`sightline:log_lines:rate5m{${who}, kind="log"}`]: "1x600 _x300 1x600 _x90",
        [`container_uptime_seconds{${container}}`]: "0+60x1600",
      },
      lasts: "1590m",
    },
  ],
  "canary-missing": [
    {
      title: "no line found for a quarter of an hour",
      series: { [`sightline_canary_last_found_seconds{${canary}}`]: "0+60x20 1200x40" },
      fires: { at: "35m", labels: host },
      lasts: "60m",
    },
    {
      title: "lines that are found",
      series: { [`sightline_canary_last_found_seconds{${canary}}`]: "0+60x60" },
      lasts: "60m",
    },
    { title: "no canary", series: path, lasts: "60m" },
  ],
  "canary-lines-lost": [
    {
      title: "missing lines",
      series: {
        [`sightline_canary_lines_total{${canary}, state="missing"}`]: "0x10 5x30",
        [`sightline_canary_lines_total{${canary}, state="recovered"}`]: "0x40",
      },
      fires: { at: "13m", labels: host },
      lasts: "30m",
    },
    {
      title: "lines that came late",
      series: {
        [`sightline_canary_lines_total{${canary}, state="missing"}`]: "0x10 5x30",
        [`sightline_canary_lines_total{${canary}, state="recovered"}`]: "0x10 5x30",
      },
      lasts: "40m",
    },
  ],
  "browser-slow-loading": slowVital("LCP", "INP"),
  "browser-slow-answers": slowVital("INP", "LCP"),
  "gateway-down": [
    {
      title: "a gateway that went silent",
      series: { ...path, [gatewaySign]: "0+3x40 _x20" },
      fires: { at: "46m", labels: host },
      lasts: "55m",
    },
    {
      title: "a gateway that reports, also when nobody comes",
      series: { ...path, [gatewaySign]: "7x60" },
      lasts: "60m",
    },
    {
      title: "a gateway that was away for a minute",
      series: { ...path, [gatewaySign]: "0+3x40 _x1 0+3x20" },
      lasts: "60m",
    },
    {
      title: "a machine of which nothing comes any more",
      series: {
        'system_cpu_logical_count{host_name="vm-1"}': "4x40 _x40",
        [gatewaySign]: "0+3x40 _x40",
      },
      lasts: "80m",
    },
  ],
  "gateway-refuses": [
    {
      title: "pages of a domain that is not among the origins",
      series: {
        [beacons("accepted")]: "0+10x40",
        [beacons("wrong_origin")]: "0+10x40",
      },
      fires: { at: "12m", labels: ofService },
      lasts: "30m",
    },
    {
      title: "a few that are refused among many",
      series: { [beacons("accepted")]: "0+100x40", [beacons("wrong_origin")]: "0+10x40" },
      lasts: "30m",
    },
    {
      title: "an app that is switched off",
      series: { [beacons("disabled")]: "0+100x40" },
      lasts: "30m",
    },
    {
      title: "strangers who try keys",
      series: {
        'sightline_gateway_requests_total{deployment_environment_name="prod", service_name="sightline-gateway", outcome="unknown_key"}':
          "0+100x40",
      },
      lasts: "30m",
    },
    {
      title: "one page that is refused now and then",
      series: { [beacons("wrong_origin")]: "0+1x40" },
      lasts: "30m",
    },
  ],
};
