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
  items: number,
];

export type Losses = Partial<Record<DropReason, number>>;

/**
 * Items of one kind that were added at about the same time, as they lie in the store: one entry for
 * several is most of what an item saves the page. Their bytes are final: whoever sends them again sends
 * the same.
 */
export interface Row {
  readonly key: Key;
  /** Which list of the body they are in. */
  readonly list: string;
  /** JSON of each. */
  readonly texts: readonly string[];
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
const MAX_JOINED_ITEMS = 20;
/** So that a batch of a page that goes away can be filled up to its budget. */
const MAX_JOINED_BYTES = 4_000;
/** They share one time, and so their age: a clock that was put right stands between others. */
const MAX_JOINED_MILLIS = 1_000;

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
  return {
    key: [RANKS.indexOf(rank), atMillis, meta, byteLength(text), 1],
    list,
    texts: [text],
  };
}

/** Of the lowest rank: should such rows be dropped, their counts go into one. */
export function encodeLosses(lost: Losses, atMillis: number, meta: string): Row {
  const timestamp = new Date(atMillis).toISOString();
  const text = JSON.stringify({ type: FARO.lostMeasurement, values: lost, timestamp });
  return {
    key: [RANKS.length - 1, atMillis, meta, text.length, 1],
    list: "measurements",
    texts: [text],
    lost,
  };
}

export function sumLosses(rows: readonly Row[], reason: DropReason): Losses {
  const sum: Record<string, number> = {};
  for (const { key, lost = { [reason]: key[4] } } of rows) {
    for (const [name, count] of Object.entries(lost)) sum[name] = (sum[name] ?? 0) + count;
  }
  return sum;
}

/** Neighbours of one kind and meta become one row, in small portions. */
export function joinFilings(filings: readonly Filing[]): Filing[] {
  const joined: Filing[] = [];
  for (const filing of filings) {
    const { row } = filing;
    const last = joined.at(-1);
    if (last && isJoinable(last.row, row)) {
      const [rank, atMillis, meta, bytes, items] = last.row.key;
      const key: Key = [rank, atMillis, meta, bytes + row.key[3] + 1, items + 1];
      const texts = [...last.row.texts, ...row.texts];
      joined[joined.length - 1] = { ...last, row: { ...row, key, texts } };
    } else {
      joined.push(filing);
    }
  }
  return joined;
}

function isJoinable(a: Row, b: Row): boolean {
  const isSmall = a.key[4] < MAX_JOINED_ITEMS && a.key[3] + b.key[3] < MAX_JOINED_BYTES;
  const isNear = b.key[1] - a.key[1] < MAX_JOINED_MILLIS;
  return isSmall && isNear && a.list === b.list && a.key[2] === b.key[2] && !a.lost && !b.lost;
}

/** The reverse, to find the one that a gateway refuses. */
export function splitRow({ key: [rank, atMillis, meta], list, texts }: Row): Row[] {
  return texts.map((text, index) => ({
    key: [rank, atMillis + index / 1_000, meta, byteLength(text), 1],
    list,
    texts: [text],
  }));
}

/** Faro's TransportBody, put together from the stored texts: equal rows give equal bytes. */
export function encodeBody(meta: string, rows: readonly Row[]): string {
  const lists: Record<string, string[]> = {};
  for (const { list, texts } of rows) {
    lists[list] ??= [];
    lists[list].push(...texts);
  }
  let body = `{"meta":${meta}`;
  for (const [list, texts] of Object.entries(lists)) {
    body += `,"${list}":${list === TRACES ? `{"resourceSpans":[${texts}]}` : `[${texts}]`}`;
  }
  return `${body}}`;
}
