import type { TransportItem } from "@grafana/faro-web-sdk";
import { type DropReason, FARO } from "@sightline/core";
import { RANKS, type Rank } from "./outbox.ts";

/**
 * Identity, order and size in one. IndexedDB sorts arrays by their parts, so reading keys alone gives
 * what goes first, what is dropped first, and how much room is taken.
 */
export type Key = [
  rank: number,
  /** Unix milliseconds, never twice the same within a page. */
  addedAtMillis: number,
  /** Which meta it was added with; starts with the page's own random name. */
  meta: string,
  bytes: number,
];

export type Losses = Partial<Record<DropReason, number>>;

type ListName = "exceptions" | "measurements" | "events" | "traces" | "logs";

/** An item as it lies in the store: its bytes are final, so whoever sends it again sends the same. */
export interface Row {
  readonly key: Key;
  /** Where in the body it goes. */
  readonly list: ListName;
  /** JSON. */
  readonly text: string;
  /** Of a row that tells of losses: should it be dropped itself, they are counted on. */
  readonly lost?: Losses;
}

/** What leaves in one request: rows with one meta. */
export interface Batch {
  readonly keys: readonly Key[];
  readonly rows: readonly Row[];
  /** JSON. */
  readonly meta: string;
}

const KINDS: Readonly<Record<string, { readonly list: ListName; readonly rank: Rank }>> = {
  exception: { list: "exceptions", rank: "error" },
  measurement: { list: "measurements", rank: "vital" },
  event: { list: "events", rank: "event" },
  trace: { list: "traces", rank: "event" },
  log: { list: "logs", rank: "console" },
};

const encoder = new TextEncoder();

export function byteLength(text: string): number {
  return encoder.encode(text).length;
}

/** Throws where the payload cannot be JSON. */
export function encodeItem(
  { type, payload }: TransportItem,
  addedAtMillis: number,
  meta: string,
): Row {
  const { list, rank } = KINDS[type] as (typeof KINDS)[string];
  const value = type === "trace" ? (payload as { resourceSpans?: unknown }).resourceSpans : payload;
  const json = JSON.stringify(value);
  const text = type === "trace" ? json.slice(1, -1) : json;
  return {
    key: [RANKS.indexOf(rank), addedAtMillis, meta, byteLength(text)],
    list,
    text,
  };
}

/** The highest rank: what was lost is told even if little else can be. */
export function encodeLosses(lost: Losses, addedAtMillis: number, meta: string): Row {
  const timestamp = new Date(addedAtMillis).toISOString();
  const text = JSON.stringify({ type: FARO.lostMeasurement, values: lost, timestamp });
  return { key: [0, addedAtMillis, meta, text.length], list: "measurements", text, lost };
}

export function addLosses(to: Losses, { lost }: Pick<Row, "lost">, reason: DropReason): void {
  for (const [name, count] of Object.entries(lost ?? { [reason]: 1 })) {
    to[name as DropReason] = (to[name as DropReason] ?? 0) + count;
  }
}

/** Faro's TransportBody. Put together from the stored texts: equal rows give equal bytes. */
export function encodeBody({ meta, rows }: Batch): string {
  const lists = new Map<ListName, string[]>();
  for (const { list, text } of rows) {
    const texts = lists.get(list);
    if (texts) texts.push(text);
    else lists.set(list, [text]);
  }
  let body = `{"meta":${meta}`;
  for (const [list, texts] of lists) {
    const joined = `[${texts}]`;
    body += `,"${list}":${list === "traces" ? `{"resourceSpans":${joined}}` : joined}`;
  }
  return `${body}}`;
}
