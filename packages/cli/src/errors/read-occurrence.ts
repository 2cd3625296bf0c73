import { ERROR_FIELD, LOKI_METADATA } from "@sightline/core";
import type { Context } from "../context.ts";
import { readBackward } from "../crashes/read-crashes.ts";
import { lineQuery, quote } from "../query/logql.ts";
import type { LogEntry } from "../query/loki.ts";
import type { Problem } from "./problem.ts";

/** The newest time that a problem happened, and what happened around it. */
export interface Occurrence {
  /** The line that carried the error, with its stack. */
  readonly entry: LogEntry;
  /** Lines of every service with the same trace, oldest first; the one above is among them. */
  readonly traceLines: readonly LogEntry[];
}

const NANOS_PER_MILLI = 1_000_000n;
/** A line and its record are stamped alike, save for what keeps equal lines apart. */
const AROUND_MILLIS = 60_000n;
/** How long a page's request and the work behind it may take. */
const TRACE_MILLIS = 600_000n;
const MAX_TRACE_LINES = 200;

/** Undefined where no line of it is kept any more. */
export async function readNewestOccurrence(
  context: Context,
  problem: Problem,
): Promise<Occurrence | undefined> {
  const lastNanos = BigInt(Math.floor(problem.lastMillis)) * NANOS_PER_MILLI;
  const range = (millis: bigint): { startNanos: bigint; endNanos: bigint } => ({
    startNanos: lastNanos - millis * NANOS_PER_MILLI,
    endNanos: lastNanos + millis * NANOS_PER_MILLI,
  });
  const lines = lineQuery({ service: problem.service, kind: "log" });
  const query = `${lines} | ${ERROR_FIELD.fp}=${quote(problem.fp)}`;
  const { entries } = await readBackward(context, query, range(AROUND_MILLIS), 1);
  const entry = entries[0];
  if (entry === undefined) return undefined;
  const traceId = entry.fields[LOKI_METADATA.traceId];
  if (!traceId) return { entry, traceLines: [] };
  const ofTrace = `${lineQuery({ kind: "log" })} | ${LOKI_METADATA.traceId}=${quote(traceId)}`;
  const found = await readBackward(context, ofTrace, range(TRACE_MILLIS), MAX_TRACE_LINES);
  return { entry, traceLines: found.entries.reverse() };
}
