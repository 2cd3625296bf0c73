import { CRASH_FIELD } from "@sightline/core";
import { type Context, serverUrl } from "../context.ts";
import { queryFailure } from "../query/failure.ts";
import { PAGE_LINES, readPages } from "../query/line-pages.ts";
import { lineQuery, quote } from "../query/logql.ts";
import type { LogEntry } from "../query/loki.ts";
import { readCrash, type StoredCrash } from "./stored-crash.ts";

export interface CrashFilter {
  readonly service?: string | undefined;
  readonly environment?: string | undefined;
  readonly host?: string | undefined;
  /** Start of the crash id. */
  readonly idPrefix?: string | undefined;
}

/** Unix nanoseconds; the end is exclusive. */
export interface TimeRange {
  readonly startNanos: bigint;
  readonly endNanos: bigint;
}

export interface FoundCrashes {
  /** Newest first; agent's and process' records of one death are both in it. */
  readonly crashes: readonly StoredCrash[];
  /** There are more, older ones. */
  readonly isCut: boolean;
}

/** A loop once a second fills this in some hours; a person needs no more to see it. */
const MAX_CRASHES = 20_000;
/** Bodies of up to 256 kB would be most of the answer, and a list shows only their first words. */
const SHORT_LINE = '| line_format "{{ __line__ | trunc 300 }}"';

/** The records without their bodies. */
export async function readCrashes(
  context: Context,
  filter: CrashFilter,
  range: TimeRange,
): Promise<FoundCrashes> {
  const query = `${crashQuery(filter)} ${SHORT_LINE}`;
  const { entries, isCut } = await readBackward(context, query, range, MAX_CRASHES);
  // Loki picks by the same rule; a record without an id goes by its time, which only we know of.
  const { idPrefix = "" } = filter;
  const crashes = entries.map(readCrash).filter(({ crashId }) => crashId.startsWith(idPrefix));
  return { crashes, isCut };
}

/** The body of one record; empty where it is gone. */
export async function readBody(context: Context, crash: StoredCrash): Promise<string> {
  const { service, environment, host, crashId, timeNanos } = crash;
  const query = crashQuery({ service, environment, host });
  const startNanos = BigInt(timeNanos);
  const range = { startNanos, endNanos: startNanos + 1n };
  const { entries } = await readBackward(context, query, range, MAX_CRASHES);
  const isIt = (entry: LogEntry): boolean => {
    const found = readCrash(entry);
    return found.crashId === crashId && found.source === crash.source;
  };
  return entries.find(isIt)?.line ?? "";
}

/** Newest first, at most `maxLines`. */
export async function readBackward(
  context: Context,
  query: string,
  range: TimeRange,
  maxLines: number,
): Promise<{ entries: LogEntry[]; isCut: boolean }> {
  const entries: LogEntry[] = [];
  const lokiUrl = serverUrl(context, "loki");
  const pageLines = Math.min(PAGE_LINES, maxLines + 1);
  const pages = readPages({ lokiUrl, query, ...range, direction: "backward", pageLines });
  while (entries.length <= maxLines) {
    const page = await pages.next();
    if (page.done && page.value) throw queryFailure(context, "Loki", page.value);
    if (page.done) break;
    entries.push(...page.value.entries);
  }
  return { entries: entries.slice(0, maxLines), isCut: entries.length > maxLines };
}

function crashQuery({ service, environment, host, idPrefix }: CrashFilter): string {
  const selector = lineQuery({ service, environment, host, kind: "crash" });
  if (idPrefix === undefined) return selector;
  // Loki anchors the expression at both ends.
  const expression = `${idPrefix.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")}.*`;
  return `${selector} | ${CRASH_FIELD.crashId}=~${quote(expression)}`;
}
