import type { Meter, Tracer } from "@opentelemetry/api";
import { DB_DURATION_BUCKETS_SECONDS, METRIC } from "@sightline/core";
import { createValueCap, type ValueCap } from "../metrics/value-cap.ts";
import type { DatabaseName } from "./database-names.ts";
import { setDatabaseSink } from "./database-sink.ts";
import { KEEP_CONTEXT_HANDLERS } from "./keep-context.ts";
import { OTEL_HANDLERS } from "./otel-instrumentations.ts";
import { KNEX_HANDLER } from "./pools/knex-pool.ts";
import { MYSQL2_POOL_HANDLER } from "./pools/mysql2-pool.ts";
import { PG_POOL_HANDLER } from "./pools/pg-pool.ts";
import { createPoolMetrics } from "./pools/pool-metrics.ts";
import { type ModuleHandler, watchModules } from "./watch-modules.ts";

export type DatabaseOptions = {
  readonly databases: readonly DatabaseName[];
  readonly tracer: Tracer | undefined;
  readonly meter: Meter | undefined;
  /** Distinct servers and databases before the rest is `_other`. */
  readonly maxPeers: number;
};

/** SQL has 60 words that begin a statement, Redis some 250 commands. */
const MAX_OPERATIONS = 400;

/** In the order of patching: what is ours lies below what another instrumentation may replace. */
const HANDLERS: readonly ModuleHandler[] = [
  PG_POOL_HANDLER,
  MYSQL2_POOL_HANDLER,
  KNEX_HANDLER,
  ...KEEP_CONTEXT_HANDLERS,
  ...OTEL_HANDLERS,
];

/** Measures and traces the drivers of these databases. Returns a function that stops it. */
export function instrumentDatabases(options: DatabaseOptions): () => void {
  const { databases, meter, tracer } = options;
  if (databases.length === 0 || (meter === undefined && tracer === undefined)) {
    return () => undefined;
  }
  const pools = meter && createPoolMetrics(meter, createCap(options.maxPeers));
  setDatabaseSink({
    tracer,
    duration: meter?.createHistogram(METRIC.dbClientOperationDuration, {
      description: "Duration of database client operations.",
      unit: "s",
      advice: { explicitBucketBoundaries: [...DB_DURATION_BUCKETS_SECONDS] },
    }),
    operations: createCap(MAX_OPERATIONS),
    peers: createCap(options.maxPeers),
    pools: pools?.reader,
  });
  const stopWatching = watchModules(
    HANDLERS.filter(({ database }) => databases.includes(database)),
  );
  return () => {
    stopWatching();
    pools?.stop();
    setDatabaseSink(undefined);
  };
}

/** Silent: whoever reads `_other` here sees the same name in the address of the server. */
function createCap(max: number): ValueCap {
  return createValueCap(max, () => undefined);
}
