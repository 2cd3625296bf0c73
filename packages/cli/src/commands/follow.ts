import { setTimeout as delay } from "node:timers/promises";
import { type Context, serverUrl } from "../context.ts";
import { queryFailure } from "../query/failure.ts";
import type { QueryResult } from "../query/http-json.ts";
import { readPages } from "../query/line-pages.ts";
import type { LogEntry } from "../query/loki.ts";

const EVERY_MILLIS = 1_000;
/** Lines may arrive this late (a retry, a busy collector) and are still shown, once. */
const LOOK_BACK_NANOS: bigint = 60_000_000_000n;
/** Most come at once: the whole look-back is read again only every few rounds. */
const SHORT_LOOK_BACK_NANOS: bigint = 5_000_000_000n;
const LONG_EVERY_ROUNDS = 10;

type Fault = Exclude<QueryResult<unknown>, { status: "ok" }>;

/** Knows which lines of the look-back were shown, however often Loki gives them back. */
export interface SeenLines {
  /** True the first time. */
  add: (entry: LogEntry) => boolean;
  forgetBefore: (timeNanos: bigint) => void;
}

export function createSeenLines(): SeenLines {
  const seen = new Map<string, bigint>();
  return {
    add(entry) {
      const identity = JSON.stringify([entry.timeNanos, entry.line, entry.fields]);
      if (seen.has(identity)) return false;
      seen.set(identity, BigInt(entry.timeNanos));
      return true;
    },
    forgetBefore(timeNanos) {
      for (const [identity, time] of seen) if (time < timeNanos) seen.delete(identity);
    },
  };
}

/** Marks what is there already as seen, so that following shows only what comes. */
export async function markSeen(
  context: Context,
  query: string,
  endNanos: bigint,
  seen: SeenLines,
): Promise<void> {
  const fault = await readWindow(context, query, endNanos - LOOK_BACK_NANOS, endNanos, seen.add);
  if (fault) throw queryFailure(context, "Loki", fault);
}

/**
 * New lines as they come, until the process ends. Loki may go away and come back: that is said once,
 * and what was stored meanwhile is shown then.
 */
export async function follow(
  context: Context,
  query: string,
  fromNanos: bigint,
  seen: SeenLines,
  print: (entry: LogEntry) => void,
): Promise<never> {
  const outage = createOutage(context);
  let readUntilNanos = fromNanos;
  for (let round = 1; ; round++) {
    await delay(EVERY_MILLIS);
    const endNanos = nowNanos();
    const isLong = round % LONG_EVERY_ROUNDS === 0 || outage.isOn();
    const startNanos = readUntilNanos - (isLong ? LOOK_BACK_NANOS : SHORT_LOOK_BACK_NANOS);
    const fault = await readWindow(context, query, startNanos, endNanos, (entry) => {
      if (seen.add(entry)) print(entry);
    });
    outage.note(fault);
    if (fault) continue;
    readUntilNanos = endNanos;
    seen.forgetBefore(endNanos - 2n * LOOK_BACK_NANOS);
  }
}

async function readWindow(
  context: Context,
  query: string,
  startNanos: bigint,
  endNanos: bigint,
  take: (entry: LogEntry) => void,
): Promise<Fault | undefined> {
  const lokiUrl = serverUrl(context, "loki");
  const pages = readPages({ lokiUrl, query, startNanos, endNanos, direction: "forward" });
  for (;;) {
    const page = await pages.next();
    if (page.done) return page.value;
    page.value.entries.forEach(take);
  }
}

interface Outage {
  isOn: () => boolean;
  note: (fault: Fault | undefined) => void;
}

function createOutage(context: Context): Outage {
  let isOn = false;
  return {
    isOn: () => isOn,
    note(fault) {
      if (fault && !isOn) {
        const { message } = queryFailure(context, "Loki", fault);
        context.io.err(`${message}; waiting for it (${context.self} status shows what runs)\n`);
      }
      if (!fault && isOn) context.io.err("Loki answers again\n");
      isOn = fault !== undefined;
    },
  };
}

export function nowNanos(): bigint {
  return BigInt(Date.now()) * 1_000_000n;
}
