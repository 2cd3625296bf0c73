import type { Histogram, Tracer } from "@opentelemetry/api";
import type { ValueCap } from "../metrics/value-cap.ts";
import type { PoolReader } from "./pools/pool-metrics.ts";

/** Where patched drivers report to. What is switched off is absent. */
export type DatabaseSink = {
  readonly tracer: Tracer | undefined;
  /** `db.client.operation.duration`. */
  readonly duration: Histogram | undefined;
  /** Bounds `db.operation.name`. */
  readonly operations: ValueCap;
  /** Bounds server and database together. */
  readonly peers: ValueCap;
  readonly pools: PoolReader | undefined;
};

let current: DatabaseSink | undefined;

/**
 * Drivers are patched once per process; what they report to may come and go with `start` and
 * `shutdown`. Without a sink the patches pass everything through.
 */
export function setDatabaseSink(sink: DatabaseSink | undefined): void {
  current = sink;
}

export function databaseSink(): DatabaseSink | undefined {
  return current;
}
