import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { PROMETHEUS } from "@sightline/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type LimitedGroup,
  makeLimitedGroup,
} from "../../packages/node/test/support/limited-group.ts";
import {
  askTarget,
  askVariable,
  getSeries,
  lastValue,
  readDashboard,
  type Series,
} from "../harness/dashboard.ts";
import { sendMetrics } from "../harness/metrics.ts";
import { createTestStack, type TestStack } from "../harness/stack.ts";
import { until } from "../harness/until.ts";

const APP = join(import.meta.dirname, "../../packages/node/test/fixtures/metrics-app.mjs");
const SERVICE = "metrics-app";
const CHOSEN = { service: SERVICE, environment: "unknown", instance: ".*", search: "" };
const { queries, variables, targetOf } = readDashboard("node-runtime");

/** What cannot be told without a control group that has limits. */
const LIMITED = [
  PROMETHEUS.appCgroupCpuThrottledTime,
  PROMETHEUS.appCgroupMemoryWorkingSet,
  PROMETHEUS.appCgroupMemoryLimit,
];

const RUNTIME = [
  PROMETHEUS.nodejsEventloopTime,
  PROMETHEUS.nodejsEventloopUtilization,
  PROMETHEUS.nodejsEventloopDelayP99,
  PROMETHEUS.appEventloopIterations,
  PROMETHEUS.appThreadCpuTime,
  PROMETHEUS.appThreadRunqueueWait,
  PROMETHEUS.appCapacityCores,
  PROMETHEUS.v8jsMemoryHeapUsed,
  PROMETHEUS.v8jsMemoryHeapSpaceSize,
  PROMETHEUS.v8jsMemoryHeapLimit,
  PROMETHEUS.v8jsMemoryExternal,
  PROMETHEUS.v8jsMemoryArrayBuffers,
  PROMETHEUS.v8jsResourceActive,
  PROMETHEUS.v8jsGcDurationSum,
  PROMETHEUS.v8jsGcDurationCount,
  PROMETHEUS.processCpuTime,
  PROMETHEUS.processMemoryUsage,
  PROMETHEUS.processUptime,
  PROMETHEUS.processOpenFileDescriptors,
  PROMETHEUS.processFileDescriptorLimit,
  PROMETHEUS.httpServerActiveRequests,
];

describe("metrics of a Node service, on the real servers", () => {
  let stack: TestStack;
  let app: ChildProcess;
  let group: LimitedGroup | { readonly reason: string };
  let answeredAll: Series[];

  beforeAll(async () => {
    stack = await createTestStack();
    const up = await stack.run("up", "--only", "stack", "--mode", "embedded");
    expect(up.code, up.stderr).toBe(0);
    group = makeLimitedGroup(`sightline-metrics-${process.pid}`, {
      cores: 1.5,
      memoryBytes: 2 ** 30,
    });
    const enter = "join" in group ? `${group.join} && ` : "";
    const node = `exec '${process.execPath}' --import @sightline/node/register '${APP}'`;
    app = spawn("/bin/sh", ["-c", `${enter}${node}`], {
      env: { ...stack.env, OTEL_SERVICE_NAME: SERVICE, OTEL_METRIC_EXPORT_INTERVAL: "2000" },
      cwd: import.meta.dirname,
      stdio: ["ignore", "ignore", "inherit"],
    });
    await sendMetrics(stack.url("otlp"), SERVICE, poolMetrics());
    await until("the first metrics", async () => (await ask("queue_length")).length > 0);
    answeredAll = await ask(`{service_name="${SERVICE}"}`);
  }, 300_000);

  afterAll(async () => {
    const ended = new Promise((resolve) => app.once("exit", resolve));
    app.kill("SIGTERM");
    await ended;
    if ("remove" in group) group.remove();
    await stack.dispose();
  });

  const ask = (query: string): Promise<Series[]> =>
    getSeries(`${stack.url("prometheus")}/api/v1/query`, { query });
  const valuesOf = async (query: string): Promise<[Record<string, string>, number][]> =>
    (await ask(query)).map((series) => [series.labels, lastValue(series)]);

  it("metrics of prom-client arrive under exactly the names that the application gave them", () => {
    const ours = new Set<string>(Object.values(PROMETHEUS));
    const prefixes =
      /^(?:target_info|scrape_|up$|(?:process|nodejs|v8js|app|http|db|sightline|otel)_)/;
    const names = answeredAll
      .map(({ labels }) => labels["__name__"] ?? "")
      .filter((name) => !ours.has(name) && !prefixes.test(name));
    expect([...new Set(names)].sort()).toEqual([
      "disk_used_ratio",
      "job:depth:max",
      "mail_bytes",
      "mail_bytes_count",
      "mail_bytes_sum",
      "orders_total",
      "queue_length",
      "refunds",
      "seats_taken",
      "total_visits_total",
      "work_seconds_bucket",
      "work_seconds_count",
      "work_seconds_sum",
    ]);
  });

  it("and with their values and labels", async () => {
    const orders = await valuesOf("sum by (kind, team) (orders_total)");
    expect(orders.sort(([, left], [, right]) => left - right)).toEqual([
      [{ kind: "gift", team: "shop" }, 3],
      [{ kind: "plain", team: "shop" }, 4],
    ]);
    expect(await valuesOf("sum(refunds)")).toEqual([[{}, 2]]);
    expect(await valuesOf("sum(queue_length)")).toEqual([[{}, -2.5]]);
    expect(await valuesOf("sum by (le) (work_seconds_bucket)")).toEqual(
      expect.arrayContaining([
        [{ le: "0.1" }, 1],
        [{ le: "0.5" }, 3],
        [{ le: "2.5" }, 4],
        [{ le: "+Inf" }, 5],
      ]),
    );
    expect(await valuesOf("sum(work_seconds_sum)")).toEqual([[{}, 11.65]]);
    expect(await valuesOf("sum by (quantile) (mail_bytes)")).toEqual(
      expect.arrayContaining([
        [{ quantile: "0.5" }, 20],
        [{ quantile: "0.9" }, 30],
      ]),
    );
    expect(await valuesOf("sum(mail_bytes_sum)")).toEqual([[{}, 60]]);
  });

  it("a label that every series has gives way as it does when Prometheus scrapes", async () => {
    const [seats] = await ask("seats_taken");
    expect(seats?.labels).toMatchObject({ job: SERVICE, exported_job: "usher", hall: "1" });
  });

  it("a counter without a suffix rises and falls back as one with it does", async () => {
    const gainOf = (counter: string, gained: number) => `sum(increase(${counter}[1m])) / ${gained}`;
    const difference = await until("two exports", async () => {
      const found = await valuesOf(
        `${gainOf("refunds", 2)} - ${gainOf(`orders_total{kind="gift"}`, 3)}`,
      );
      return found[0];
    });
    expect(difference[1]).toBeCloseTo(0, 5);
  });

  it("runtime metrics have the names that dashboards and capacity read", async () => {
    await until("garbage collections", async () => {
      const [gc] = await valuesOf(PROMETHEUS.v8jsGcDurationCount);
      return gc !== undefined;
    });
    const names = new Set(
      (await ask(`{service_name="${SERVICE}"}`)).map(({ labels }) => labels["__name__"]),
    );
    expect(RUNTIME.filter((name) => !names.has(name))).toEqual([]);
  });

  it("limits are those of the control group", async (context) => {
    if ("reason" in group) return context.skip(group.reason);
    expect((await valuesOf(PROMETHEUS.appCapacityCores)).map(([, value]) => value)).toEqual([1.5]);
    const limits = await valuesOf(PROMETHEUS.appCgroupMemoryLimit);
    expect(limits.map(([, value]) => value)).toEqual([2 ** 30]);
  });

  it("active and idle time of the event loop make up the time that passed", async () => {
    const perSecond = await until("a rate", async () => {
      const found = await valuesOf(`sum(irate(${PROMETHEUS.nodejsEventloopTime}[1m]))`);
      return found.length > 0 && found;
    });
    expect(perSecond.map(([, value]) => value)[0]).toBeCloseTo(1, 1);
  });

  it.each(queries)("$panel, $target.refId: has data", async ({ panel, target }) => {
    const needsGroup = LIMITED.some((metric) => target.expr.includes(`${metric}{`));
    if (needsGroup && "reason" in group) return;
    const series = await until(`data for "${panel}"`, async () => {
      const answer = await askTarget(stack, target, CHOSEN);
      return answer.some((one) => !Number.isNaN(lastValue(one))) && answer;
    });
    expect(series.length).toBeGreaterThan(0);
  });

  it.each(queries)(
    "$panel, $target.refId: is empty for a service that never sent",
    async ({ target }) => {
      expect(await askTarget(stack, target, { ...CHOSEN, service: "never-seen" })).toEqual([]);
    },
  );

  it("offers the service and its process", async () => {
    const chosen = await Promise.all(
      variables.map((variable) => askVariable(stack, variable, CHOSEN)),
    );
    expect(chosen[0]).toContain("unknown");
    expect(chosen[1]).toContain(SERVICE);
    expect(chosen[2]).toHaveLength(1);
  });

  it("says of a call that found nobody what went wrong", async () => {
    const errors = await until("failed calls", async () => {
      const title = "Failed calls per minute, by host and error";
      const failed = await askTarget(stack, targetOf(title), CHOSEN);
      const found = failed.filter((one) => lastValue(one) > 0);
      return found.length > 0 && found.map(({ labels }) => labels["error_type"]);
    });
    expect(errors).toHaveLength(1);
    expect(errors).not.toContain("none");
  });
});

/** As the pool of a database client tells it; the clients themselves have tests of their own. */
function poolMetrics(): Record<string, unknown>[] {
  const attribute = (key: string, stringValue: string) => ({ key, value: { stringValue } });
  const pool = attribute("db.client.connection.pool.name", "shop");
  const timeUnixNano = `${Date.now()}000000`;
  const number = (name: string, asInt: number, ...attributes: object[]) => ({
    name,
    sum: {
      aggregationTemporality: 2,
      isMonotonic: false,
      dataPoints: [{ timeUnixNano, asInt, attributes: [pool, ...attributes] }],
    },
  });
  const waits = [1, 3].map((count, index) => ({
    timeUnixNano: `${Date.now() - (1 - index) * 15_000}000000`,
    count: String(count),
    sum: count * 0.02,
    explicitBounds: [0.01, 0.1],
    bucketCounts: ["0", String(count), "0"],
    attributes: [pool],
  }));
  return [
    number("db.client.connection.count", 3, attribute("db.client.connection.state", "used")),
    number("db.client.connection.max", 10),
    number("db.client.connection.pending_requests", 2),
    {
      name: "db.client.connection.wait_time",
      unit: "s",
      histogram: { aggregationTemporality: 2, dataPoints: waits },
    },
  ];
}
