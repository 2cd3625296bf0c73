import type { TransportItem } from "@grafana/faro-web-sdk";
import { type DropReason, FARO } from "@sightline/core";
import { RANKS } from "./outbox.ts";

/**
 * Identity, order and size in one. IndexedDB sorts arrays by their parts, so keys alone tell what goes
 * first, what is dropped first, and how much room is taken. `table.ts` has ranks that are no items'.
 */
export type Key = [
  rank: number,
  /** Unix milliseconds, never twice the same within a page. */
  atMillis: number,
  /** Which meta it was added with; begins with the page's own random name. */
  meta: string,
  bytes: number,
];

export type Losses = Partial<Record<DropReason, number>>;

/** An item as it lies in the store: its bytes are final, so whoever sends it again sends the same. */
export interface Row {
  readonly key: Key;
  /** Which list of the body it is in. */
  readonly list: string;
  /** JSON. */
  readonly text: string;
  /** Of a row that tells of losses: should it be dropped itself, they are told by the next one. */
  readonly lost?: Losses;
}

/** A row, and the JSON of the meta that it was added with. */
export interface Filing {
  readonly row: Row;
  readonly meta: string;
}

/** By type of item: the list of Faro's TransportBody, and the rank. */
const KINDS: Readonly<Record<string, readonly [list: string, rank: (typeof RANKS)[number]]>> = {
  exception: ["exceptions", "error"],
  measurement: ["measurements", "vital"],
  event: ["events", "event"],
  trace: ["traces", "event"],
  log: ["logs", "console"],
};
const TRACES = "traces";

const encoder = new TextEncoder();

export function byteLength(text: string): number {
  return encoder.encode(text).length;
}

/** Throws where it cannot be JSON. */
export function encodeItem({ type, payload }: TransportItem, atMillis: number, meta: string): Row {
  const [list, rank] = KINDS[type] as (typeof KINDS)[string];
  const isTrace = list === TRACES;
  const json = JSON.stringify(
    isTrace ? (payload as { resourceSpans?: unknown }).resourceSpans : payload,
  );
  // Of what JSON leaves out, such as undefined, there is no text: `slice` throws.
  const text = isTrace ? json.slice(1, -1) : json.slice();
  return { key: [RANKS.indexOf(rank), atMillis, meta, byteLength(text)], list, text };
}

/** Of the lowest rank: should such rows be dropped, their counts go into one. */
export function encodeLosses(lost: Losses, atMillis: number, meta: string): Row {
  const timestamp = new Date(atMillis).toISOString();
  const text = JSON.stringify({ type: FARO.lostMeasurement, values: lost, timestamp });
  return {
    key: [RANKS.length - 1, atMillis, meta, text.length],
    list: "measurements",
    text,
    lost,
  };
}

export function sumLosses(rows: readonly Pick<Row, "lost">[], reason: DropReason): Losses {
  const sum: Record<string, number> = {};
  for (const { lost = { [reason]: 1 } } of rows) {
    for (const [name, count] of Object.entries(lost)) sum[name] = (sum[name] ?? 0) + count;
  }
  return sum;
}

/** Faro's TransportBody, put together from the stored texts: equal rows give equal bytes. */
export function encodeBody(meta: string, rows: readonly Row[]): string {
  const lists: Record<string, string> = {};
  for (const { list, text } of rows) lists[list] = list in lists ? `${lists[list]},${text}` : text;
  let body = `{"meta":${meta}`;
  for (const [list, texts] of Object.entries(lists)) {
    body += `,"${list}":${list === TRACES ? `{"resourceSpans":[${texts}]}` : `[${texts}]`}`;
  }
  return `${body}}`;
}
