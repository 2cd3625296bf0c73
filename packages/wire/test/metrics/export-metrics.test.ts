import { METRIC } from "@sightline/core";
import { describe, expect, it } from "vitest";
import type { Batch } from "../../src/index.ts";
import { createMetricStore } from "../../src/metrics/create-metric-store.ts";
import { exportMetrics } from "../../src/metrics/export-metrics.ts";

function run(store: ReturnType<typeof createMetricStore>, maxBodyBytes?: number) {
  const batches: Batch[] = [];
  const dropped: unknown[] = [];
  const exported = exportMetrics(
    store,
    {
      enqueue: (batch) => batches.push(batch),
      countDropped: (...what) => dropped.push(what),
    },
    { nowMillis: 1_700_000_000_000, ...(maxBodyBytes === undefined ? {} : { maxBodyBytes }) },
  );
  return { batches, dropped, exported };
}

describe("exporting metrics", () => {
  it("sends nothing when there is nothing", () => {
    expect(run(createMetricStore())).toEqual({ batches: [], dropped: [], exported: 0 });
  });

  it("puts many resources into one batch and counts its points", () => {
    const store = createMetricStore();
    for (const service of ["a", "b", "c"]) {
      store.add({ "service.name": service }, METRIC.containerCrashes, { verdict: "oom" }, 1);
      store.set({ "service.name": service }, METRIC.agentLag, {}, 1);
    }
    const { batches, exported } = run(store);
    expect(batches).toEqual([
      expect.objectContaining({ signal: "metrics", records: 6, severityNumber: 0 }),
    ]);
    expect(exported).toBe(6);
  });

  it("splits between resources and inside one, and loses no point", () => {
    const store = createMetricStore();
    for (let index = 0; index < 5_000; index += 1) {
      const service = index % 3 === 0 ? "big" : `small-${index % 40}`;
      const attributes = { "http.route": `/route-${index}` };
      store.observe({ "service.name": service }, METRIC.httpServerRequestDuration, attributes, 0.1);
    }
    const maxBodyBytes = 100_000;
    const { batches, exported } = run(store, maxBodyBytes);
    expect(batches.length).toBeGreaterThan(5);
    expect(Math.max(...batches.map(({ body }) => body.length))).toBeLessThanOrEqual(maxBodyBytes);
    expect(exported).toBe(5_000);
    const bytes = Buffer.concat(batches.map(({ body }) => body)).toString("latin1");
    const routes = new Set(bytes.match(/\/route-\d+/g));
    expect(routes.size).toBe(5_000);
  });

  it("counts the one point that is too large by itself and sends the others", () => {
    const store = createMetricStore();
    const resource = { "service.name": "web" };
    store.add(resource, METRIC.agentLines, { state: "x".repeat(2_000) }, 1);
    store.add(resource, METRIC.agentLines, { state: "read" }, 1);
    const { batches, dropped } = run(store, 1_000);
    expect(batches.map(({ records }) => records)).toEqual([1]);
    expect(dropped).toEqual([["metrics", "too_large", 1]]);
  });
});
