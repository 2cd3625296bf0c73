import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import { expect, it } from "vitest";
import { createPoolMetrics, watchPool } from "../../src/databases/pools/pool-metrics.ts";
import { createValueCap } from "../../src/metrics/value-cap.ts";

type Pool = { used: number; idle: number; max: number; pending: number };

async function collect(maxNames: number): Promise<Record<string, number>> {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
  const provider = new MeterProvider({ readers: [reader] });
  const meter = provider.getMeter("test");
  const { stop } = createPoolMetrics(
    meter,
    createValueCap(maxNames, () => undefined),
  );
  const { resourceMetrics } = await reader.collect();
  stop();
  await provider.shutdown();
  return Object.fromEntries(
    resourceMetrics.scopeMetrics
      .flatMap(({ metrics }) => metrics)
      .flatMap(({ descriptor, dataPoints }) =>
        dataPoints.map(({ attributes, value }) => [
          [descriptor.name.replace("db.client.connection.", ""), ...Object.values(attributes)].join(
            " ",
          ),
          value as number,
        ]),
      ),
  );
}

it("adds up pools of one name, bounds the names, and survives a pool that cannot be read", async () => {
  const pools: Pool[] = [
    { used: 1, idle: 2, max: 5, pending: 0 },
    { used: 3, idle: 0, max: 5, pending: 4 },
    { used: 1, idle: 0, max: 2, pending: 0 },
  ];
  const names = ["db:5432/shop", "db:5432/shop", "db:5432/other"];
  for (const [index, pool] of pools.entries()) {
    watchPool(
      pool,
      () => names[index] ?? "",
      (read: Pool) => ({ ...read }),
    );
  }
  const broken = {};
  watchPool(
    broken,
    () => {
      throw new Error("no options");
    },
    () => {
      throw new Error("no pool");
    },
  );
  const ended = {};
  watchPool(
    ended,
    () => "ended",
    () => undefined,
  );

  expect(await collect(1)).toEqual({
    "count db:5432/shop used": 4,
    "count db:5432/shop idle": 2,
    "count _other used": 1,
    "count _other idle": 0,
    "max db:5432/shop": 10,
    "max _other": 2,
    "pending_requests db:5432/shop": 4,
    "pending_requests _other": 0,
  });
  expect([pools, broken, ended]).toHaveLength(3);
});
