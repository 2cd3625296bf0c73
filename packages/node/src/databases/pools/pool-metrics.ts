import type { Histogram, Meter } from "@opentelemetry/api";
import { ATTRIBUTE, DB_DURATION_BUCKETS_SECONDS, METRIC } from "@sightline/core";
import type { ValueCap } from "../../metrics/value-cap.ts";
import { databaseSink } from "../database-sink.ts";

/** A pool at one moment, in connections; `pending` are callers that wait for one. */
export type PoolReading = {
  readonly used: number;
  readonly idle: number;
  readonly max: number;
  readonly pending: number;
};

export type PoolReader = {
  waited(pool: object, seconds: number): void;
};

type Watched = { readonly pool: WeakRef<object>; readonly name: string; read: ReadPool };
// biome-ignore lint/suspicious/noExplicitAny: each reader knows the shape of its own pools
export type ReadPool = (pool: any) => PoolReading | undefined;

/** Pools outlive a `shutdown`, and a new `start` has to find them again. */
const watched: Watched[] = [];
const names = new WeakMap<object, string>();

/** Remembers a pool, by a reference that does not keep it alive. */
export function watchPool(pool: object, name: () => string, read: ReadPool): void {
  if (names.has(pool)) return;
  const known = nameSafely(name);
  names.set(pool, known);
  watched.push({ pool: new WeakRef(pool), name: known, read });
  // A host that makes pools without end must not fill this list.
  if (watched.length % 100 === 0) forgetCollected();
}

/** The options that a name is made of are the host's. */
function nameSafely(name: () => string): string {
  try {
    return name();
  } catch {
    return "unknown";
  }
}

/** Measures one wait. The answer ends it; undefined where nobody listens. */
export function beginWait(pool: object): (() => void) | undefined {
  if (databaseSink()?.pools === undefined) return undefined;
  const startMillis = performance.now();
  return () => databaseSink()?.pools?.waited(pool, (performance.now() - startMillis) / 1000);
}

/** Observes all pools; those of one name are added up. Returns the way back too. */
export function createPoolMetrics(
  meter: Meter,
  poolNames: ValueCap,
): { readonly reader: PoolReader; stop(): void } {
  const waits: Histogram = meter.createHistogram(METRIC.dbClientConnectionWaitTime, {
    description: "Time until the pool gave a connection.",
    unit: "s",
    advice: { explicitBucketBoundaries: [...DB_DURATION_BUCKETS_SECONDS] },
  });
  const count = meter.createObservableUpDownCounter(METRIC.dbClientConnectionCount, {
    description: "Connections of the pool by state.",
    unit: "{connection}",
  });
  const max = meter.createObservableUpDownCounter(METRIC.dbClientConnectionMax, {
    description: "Connections that the pool may open.",
    unit: "{connection}",
  });
  const pending = meter.createObservableUpDownCounter(METRIC.dbClientConnectionPendingRequests, {
    description: "Callers that wait for a connection.",
    unit: "{request}",
  });
  const instruments = [count, max, pending];
  const observe: Parameters<Meter["addBatchObservableCallback"]>[0] = (result) => {
    for (const [name, reading] of readPools(poolNames)) {
      const pool = { [ATTRIBUTE.dbClientConnectionPoolName]: name };
      result.observe(count, reading.used, { ...pool, [ATTRIBUTE.dbClientConnectionState]: "used" });
      result.observe(count, reading.idle, { ...pool, [ATTRIBUTE.dbClientConnectionState]: "idle" });
      result.observe(max, reading.max, pool);
      result.observe(pending, reading.pending, pool);
    }
  };
  meter.addBatchObservableCallback(observe, instruments);
  return {
    reader: {
      waited(pool, seconds) {
        const name = poolNames.fit(names.get(pool) ?? "");
        waits.record(seconds, { [ATTRIBUTE.dbClientConnectionPoolName]: name });
      },
    },
    stop: () => meter.removeBatchObservableCallback(observe, instruments),
  };
}

function readPools(poolNames: ValueCap): Map<string, PoolReading> {
  forgetCollected();
  const sums = new Map<string, PoolReading>();
  for (const { pool, name, read } of watched) {
    const reading = readSafely(pool.deref(), read);
    if (reading === undefined) continue;
    const label = poolNames.fit(name);
    const sum = sums.get(label) ?? { used: 0, idle: 0, max: 0, pending: 0 };
    sums.set(label, {
      used: sum.used + reading.used,
      idle: sum.idle + reading.idle,
      max: sum.max + reading.max,
      pending: sum.pending + reading.pending,
    });
  }
  return sums;
}

function readSafely(pool: object | undefined, read: ReadPool): PoolReading | undefined {
  try {
    const reading = pool === undefined ? undefined : read(pool);
    return reading && Object.values(reading).every(Number.isFinite) ? reading : undefined;
  } catch {
    return undefined;
  }
}

function forgetCollected(): void {
  const alive = watched.filter(({ pool }) => pool.deref() !== undefined);
  if (alive.length < watched.length) watched.splice(0, watched.length, ...alive);
}
