import { PROMETHEUS } from "@sightline/core";
import { describe, expect, it } from "vitest";
import {
  fitLabel,
  isCounterName,
  isOwnName,
  translateName,
} from "../../src/prom-client/prometheus-names.ts";

describe("names in Prometheus", () => {
  it.each([
    ["orders_total", true],
    ["orders", false],
    ["total_orders_total", false],
    ["orders_total_eur", false],
    ["orders__total", false],
    ["job:orders:total", false],
    ["job:orders_total", true],
  ])("%s may go as a counter: %s", (name, expected) => {
    expect(isCounterName(name)).toBe(expected);
  });

  it("are kept, but for more than one underscore in a row and those at the ends", () => {
    expect(translateName("queue_length", false)).toBe("queue_length");
    expect(translateName("queue__length", false)).toBe("queue_length");
    expect(translateName("_queue_", false)).toBe("queue");
  });

  it("are ours where a series of ours has them, in any of its parts", () => {
    for (const name of ["http_server_request_duration_seconds", "process_uptime_seconds"]) {
      expect(isOwnName(name), name).toBe(true);
    }
    expect(isOwnName(PROMETHEUS.processCpuTime)).toBe(true);
    expect(isOwnName(PROMETHEUS.nodejsEventloopUtilization)).toBe(true);
  });

  it("are the host's for all default metrics of prom-client but none of ours", async () => {
    const { Registry, collectDefaultMetrics } = (await import("prom-client")).default;
    const register = new Registry();
    collectDefaultMetrics({ register });
    const names = register.getMetricsAsArray().map(({ name }) => name);
    register.clear();
    expect(names).toContain("process_cpu_user_seconds_total");
    expect(names.filter(isOwnName)).toEqual([]);
  });

  it("of labels give way to those that every series has", () => {
    expect(["route", "service_name", "job", "instance"].map(fitLabel)).toEqual([
      "route",
      "exported_service_name",
      "exported_job",
      "exported_instance",
    ]);
  });
});
