import { describe, expect, it } from "vitest";
import {
  OWNERS,
  SIGNAL_NAMES,
  SIGNALS,
  type SignalName,
} from "../../packages/cli/src/compile/alerts/signals.ts";
import { compileYaml, emittedRules } from "./compile-yaml.ts";
import { type CaseGroup, runCases } from "./promtool-cases.ts";

const API = 'service_name="api", deployment_environment_name="prod", host_name="vm"';
const BOX = `${API}, container_name="api-1"`;
const VM = 'host_name="vm", deployment_environment_name="prod"';
const DISK = `${VM}, mountpoint="/", mode="rw"`;
const buckets = (metric: string): Record<string, string> => ({
  [`${metric}_bucket{${API}, le="0.1"}`]: "0+60x600",
  [`${metric}_bucket{${API}, le="1"}`]: "0+120x600",
  [`${metric}_bucket{${API}, le="+Inf"}`]: "0+120x600",
  [`${metric}_count{${API}, http_response_status_code="200"}`]: "0+90x600",
  [`${metric}_count{${API}, http_response_status_code="503"}`]: "0+30x600",
});
const REQUESTS = buckets("http_server_request_duration_seconds");

interface SignalCase {
  readonly series: Readonly<Record<string, string>>;
  /** Thresholds just below and just above the figure that the series give. */
  readonly between: readonly [string, string];
}

/** A figure that is known beforehand, for every signal; a sample a minute for ten hours. */
const CASES: Readonly<Record<SignalName, SignalCase>> = {
  error_rate: { series: REQUESTS, between: ["24.9%", "25.1%"] },
  availability: { series: REQUESTS, between: ["74.9%", "75.1%"] },
  p50: { series: REQUESTS, between: ["99ms", "101ms"] },
  p95: { series: REQUESTS, between: ["900ms", "920ms"] },
  p99: { series: REQUESTS, between: ["980ms", "983ms"] },
  rpm: { series: REQUESTS, between: ["119/min", "121/min"] },
  rps: { series: REQUESTS, between: ["1.9", "2.1"] },
  in_flight: {
    series: {
      [`http_server_active_requests{${API}, service_instance_id="a"}`]: "3x600",
      [`http_server_active_requests{${API}, service_instance_id="b"}`]: "4x600",
    },
    between: ["6.9", "7.1"],
  },
  call_p95: { series: buckets("http_client_request_duration_seconds"), between: ["0.9s", "0.92s"] },
  db_p95: { series: buckets("db_client_operation_duration_seconds"), between: ["0.9s", "0.92s"] },
  db_pool: {
    series: {
      [`db_client_connection_count{${API}, db_client_connection_pool_name="p", db_client_connection_state="used"}`]:
        "9x600",
      [`db_client_connection_count{${API}, db_client_connection_pool_name="p", db_client_connection_state="idle"}`]:
        "1x600",
      [`db_client_connection_max{${API}, db_client_connection_pool_name="p"}`]: "10x600",
    },
    between: ["89%", "91%"],
  },
  cpu: {
    series: {
      [`system_cpu_time_seconds_total{${VM}, cpu="0", state="idle"}`]: "0+30x600",
      [`system_cpu_time_seconds_total{${VM}, cpu="0", state="user"}`]: "0+30x600",
      [`system_cpu_time_seconds_total{${VM}, cpu="1", state="wait"}`]: "0+60x600",
    },
    between: ["24%", "26%"],
  },
  memory: {
    series: {
      [`system_linux_memory_available_bytes{${VM}}`]: "200x600",
      [`system_memory_limit_bytes{${VM}}`]: "1000x600",
    },
    between: ["79%", "81%"],
  },
  disk_used: {
    series: {
      [`system_filesystem_usage_bytes{${DISK}, state="used", device="/dev/sda1"}`]: "90x600",
      [`system_filesystem_usage_bytes{${DISK}, state="free", device="/dev/sda1"}`]: "10x600",
      [`system_filesystem_usage_bytes{${DISK}, state="reserved", device="/dev/sda1"}`]: "50x600",
    },
    between: ["89%", "91%"],
  },
  disk_hours_left: {
    // 10 a minute go. After 5 hours, when it speaks first, 9,000 are left; at the end 6,000.
    series: { [`system_filesystem_usage_bytes{${DISK}, state="free"}`]: "12000-10x600" },
    between: ["9.9", "15.1"],
  },
  container_cpu: {
    series: {
      [`container_cpu_time_seconds_total{${BOX}}`]: "0+60x600",
      [`container_uptime_seconds{${BOX}}`]: "0+60x600",
      [`system_cpu_logical_count{${VM}}`]: "4x600",
    },
    between: ["24%", "26%"],
  },
  container_memory: {
    series: {
      [`container_memory_working_set_bytes{${BOX}}`]: "95x600",
      [`container_memory_limit_bytes{${BOX}}`]: "100x600",
    },
    between: ["94%", "96%"],
  },
  container_restarts: {
    series: { [`sightline_container_restarts_total{${BOX}}`]: "0+1x600" },
    between: ["4.9", "5.1"],
  },
  event_loop_lag: {
    series: {
      [`nodejs_eventloop_delay_p99_seconds{${API}, service_instance_id="a"}`]: "0.2x600",
      [`nodejs_eventloop_delay_p99_seconds{${API}, service_instance_id="b"}`]: "0.1x600",
    },
    between: ["199ms", "201ms"],
  },
  event_loop_use: {
    series: { [`nodejs_eventloop_utilization_ratio{${API}}`]: "0.8x600" },
    between: ["79%", "81%"],
  },
  heap_used: {
    series: {
      [`v8js_memory_heap_used_bytes{${API}, service_instance_id="a", v8js_heap_space_name="old"}`]:
        "80x600",
      [`v8js_memory_heap_used_bytes{${API}, service_instance_id="a", v8js_heap_space_name="new"}`]:
        "10x600",
      [`v8js_memory_heap_limit_bytes{${API}, service_instance_id="a"}`]: "100x600",
      [`v8js_memory_heap_used_bytes{${API}, service_instance_id="b", v8js_heap_space_name="old"}`]:
        "10x600",
      [`v8js_memory_heap_limit_bytes{${API}, service_instance_id="b"}`]: "100x600",
    },
    between: ["89%", "91%"],
  },
  process_cpu: {
    series: {
      [`process_cpu_time_seconds_total{${API}, service_instance_id="a", cpu_mode="user"}`]:
        "0+60x600",
      [`process_cpu_time_seconds_total{${API}, service_instance_id="b", cpu_mode="user"}`]:
        "0+30x600",
    },
    between: ["1.49", "1.51"],
  },
  process_memory: {
    series: { [`process_memory_usage_bytes{${API}}`]: "1048576x600" },
    between: ["1023KiB", "1025KiB"],
  },
};

const VALUE: Readonly<Record<string, string>> = {
  service_name: "api",
  deployment_environment_name: "prod",
  host_name: "vm",
  container_name: "api-1",
  mountpoint: "/",
  db_client_connection_pool_name: "p",
};

function groupOf(name: SignalName, threshold: string, fires: boolean): CaseGroup {
  const alert = `${name} ${threshold}`;
  const spec = `alerts: [{name: "${alert}", metric: {signal: ${name}}, when: "above ${threshold}"}]
default_alerts: {enabled: false}`;
  const rule = emittedRules(compileYaml(spec)).find(({ kind }) => kind === "rule");
  if (rule === undefined) throw new Error(`no rule of ${name}`);
  const usual: readonly string[] = OWNERS[SIGNALS[name].of].usual;
  const by = [...usual].sort();
  const labels = Object.fromEntries(by.map((label) => [label, VALUE[label] ?? ""]));
  const { series } = CASES[name];
  return {
    alert,
    by,
    rules: [rule.rule],
    cases: [
      { title: "x", series, lasts: "10h", ...(fires ? { fires: { at: "10h", labels } } : {}) },
      { title: "nothing is measured", series: {}, lasts: "1h" },
      { title: "it has been quiet", series: quiet(series), lasts: "1h" },
    ],
  };
}

/** Counters that stand still: a quiet service is neither slow nor failing. */
function quiet(series: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(series).flatMap(([name, values]) =>
      values.startsWith("0+") ? [[name, "5x600"]] : [],
    ),
  );
}

it("too few requests are also none at all, of a service that is gone since today", () => {
  const spec = `alerts: [{name: few, metric: {signal: rpm}, when: below 60 for 5m}]
default_alerts: {enabled: false}`;
  const rule = emittedRules(compileYaml(spec)).find(({ kind }) => kind === "rule");
  if (rule === undefined) throw new Error("no rule");
  const labels = { service_name: "api", deployment_environment_name: "prod" };
  const count = `http_server_request_duration_seconds_count{${API}}`;
  const found = runCases([
    {
      alert: "few",
      by: ["deployment_environment_name", "service_name"],
      rules: [rule.rule],
      cases: [
        {
          title: "gone",
          series: { [count]: "0+120x60 stale" },
          lasts: "2h",
          fires: { at: "2h", labels },
        },
        { title: "busy", series: { [count]: "0+120x200" }, lasts: "2h" },
      ],
    },
  ]);
  expect([...found]).toEqual([
    ["few: gone", ""],
    ["few: busy", ""],
  ]);
});

describe("signals on Prometheus' own engine", () => {
  const above = SIGNAL_NAMES.map((name) => groupOf(name, CASES[name].between[1], false));
  const below = SIGNAL_NAMES.map((name) => groupOf(name, CASES[name].between[0], true));
  const found = runCases([...above, ...below]);

  it.each(SIGNAL_NAMES)(
    "%s is the figure that it should be, and none where nothing happens",
    (name) => {
      for (const threshold of CASES[name].between) {
        for (const title of ["x", "nothing is measured"]) {
          expect(found.get(`${name} ${threshold}: ${title}`)).toBe("");
        }
      }
      // 100 % of nothing is available, and no call in a minute is a rate, but neither is above a limit.
      expect(found.get(`${name} ${CASES[name].between[1]}: it has been quiet`)).toBe("");
    },
  );
});
