import { ATTRIBUTE, type CrashLine } from "@sightline/core";
import type { Context } from "../context.ts";
import { lineQuery, quote } from "../query/logql.ts";
import type { LogEntry } from "../query/loki.ts";
import { readBackward, type TimeRange } from "./read-crashes.ts";
import type { StoredCrash } from "./stored-crash.ts";

/** The lines before a death, and where they are from. Oldest first. */
export type LinesBefore =
  | { readonly from: "record"; readonly lines: readonly CrashLine[] }
  /** `container`: of the run that died; `service`: of all its containers on that host. */
  | { readonly from: "container" | "service"; readonly lines: readonly LogEntry[] };

const MAX_LINES = 200;
/** A line may be stamped a moment after the death that cut it off; the next run starts later. */
const AFTER_DEATH_MILLIS = 50;
/** Where the run of a line is known, none of the next one can come in between. */
const AFTER_DEATH_OF_RUN_MILLIS = 5_000;
const BEFORE_START_MILLIS = 1_000;
const MAX_SPAN_MILLIS = 24 * 3_600_000;

/** Reads from Loki what the record itself does not carry. */
export async function readLinesBefore(context: Context, crash: StoredCrash): Promise<LinesBefore> {
  const { service, environment, host, run } = crash;
  const selector = lineQuery({ service, environment, host, kind: "log" });
  const place = placeOf(crash);
  if (place !== undefined) {
    const ofRun = run === undefined ? "" : ` | ${ATTRIBUTE.run}=${quote(String(run))}`;
    const after = run === undefined ? AFTER_DEATH_MILLIS : AFTER_DEATH_OF_RUN_MILLIS;
    const lines = await readOldestFirst(context, `${selector}${place}${ofRun}`, crash, after);
    if (lines.length > 0) return { from: "container", lines };
  }
  const lines = await readOldestFirst(context, selector, crash, AFTER_DEATH_MILLIS);
  return { from: "service", lines };
}

/** Filter by the container or process that the id names: `3f2a1b9c4d5e:…` or `vm1:42:…`. */
function placeOf({ containerId, crashId }: StoredCrash): string | undefined {
  const container = containerId?.slice(0, 12) ?? /^([0-9a-f]{12}):\d+$/.exec(crashId)?.[1];
  if (container !== undefined) return ` | container_id=~${quote(`${container}.*`)}`;
  const pid = /:(\d+):\d+$/.exec(crashId)?.[1];
  return pid === undefined ? undefined : ` | process_pid=${quote(pid)}`;
}

async function readOldestFirst(
  context: Context,
  query: string,
  crash: StoredCrash,
  afterMillis: number,
): Promise<LogEntry[]> {
  const earliest = crash.diedAt - MAX_SPAN_MILLIS;
  const start = Math.max(earliest, (crash.startedAt ?? earliest) - BEFORE_START_MILLIS);
  const range: TimeRange = {
    startNanos: toNanos(start),
    endNanos: toNanos(crash.diedAt + afterMillis),
  };
  const { entries } = await readBackward(context, query, range, MAX_LINES);
  return entries.reverse();
}

function toNanos(unixMillis: number): bigint {
  return BigInt(Math.round(unixMillis)) * 1_000_000n;
}
