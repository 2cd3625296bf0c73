import type { TransportItem } from "@grafana/faro-web-sdk";
import type { DropReason } from "@sightline/core";
import { CALM } from "./pace.ts";
import { compareKeys, planBatch, planEviction } from "./plan.ts";
import {
  addLosses,
  type Batch,
  byteLength,
  encodeBody,
  encodeItem,
  encodeLosses,
  type Key,
  type Losses,
  type Row,
} from "./row.ts";
import type { Filing, Store } from "./store.ts";

interface Entry extends Filing {
  isStored: boolean;
  isFlying: boolean;
}

/**
 * What this page added and nobody acknowledged: what is not on disk yet, and of what is, as much as a
 * page that is going away may send. Where there is no disk, this is the whole queue.
 */
export interface PageRows extends Store {
  add(item: TransportItem): void;
  /** What is not on disk. */
  fresh(): readonly Filing[];
  markStored(filings: readonly Filing[]): void;
  setFlying(keys: readonly Key[], isFlying: boolean): void;
  forget(keys: readonly Key[]): void;
  /** The most important ones that are not on their way. */
  pick(maxBytes: number, maxBatches: number): Batch[];
  clear(): void;
}

const MAX_ITEM_BYTES = 250_000;
const MAX_FRESH_BYTES = 1_000_000;
const MAX_MIRRORED_BYTES = 60_000;
const TRIM_STEP_BYTES = 20_000;
/** Room for the meta and the names of lists. */
const FRAME_BYTES = 4_000;

export function createPageRows(tab: string): PageRows {
  const entries = new Map<string, Entry>();
  let flights: (readonly Key[])[] = [];
  let pace = CALM;
  let stamp = 0;
  let meta = "{}";
  let metas = 0;
  let bytes = 0;
  let trimAtBytes = MAX_MIRRORED_BYTES;

  const nextStamp = (): number => {
    const now = Date.now();
    stamp = now > stamp ? now : stamp + 0.001;
    return stamp;
  };
  const put = (row: Row): void => {
    bytes += row.key[3];
    entries.set(String(row.key), { row, meta, isStored: false, isFlying: false });
  };
  const forget = (keys: readonly Key[]): void => {
    for (const key of keys) if (entries.delete(String(key))) bytes -= key[3];
  };
  const setFlying = (keys: readonly Key[], isFlying: boolean): void => {
    for (const key of keys) {
      const entry = entries.get(String(key));
      if (entry) entry.isFlying = isFlying;
    }
  };
  const find = (isWanted: (entry: Entry) => boolean): Entry[] =>
    [...entries.values()].filter(isWanted);
  const idleKeys = (isStored: boolean): Key[] =>
    find((entry) => !entry.isFlying && entry.isStored === isStored).map(({ row }) => row.key);
  const batchOf = (keys: readonly Key[]): Batch => {
    const present = keys.flatMap((key) => entries.get(String(key)) ?? []);
    return { keys, rows: present.map(({ row }) => row), meta: present[0]?.meta ?? meta };
  };
  /** One record however many are lost, as long as it has not left: it must not crowd out the rest. */
  const lose = (rows: readonly Pick<Row, "lost">[], reason: DropReason): void => {
    const lost: Losses = {};
    const [told] = find(({ row, isStored, isFlying }) => !!row.lost && !isStored && !isFlying);
    if (told) forget([told.row.key]);
    for (const row of told ? [...rows, told.row] : rows) addLosses(lost, row, reason);
    put(encodeLosses(lost, nextStamp(), tab + metas));
  };
  const trim = (): void => {
    forget(planEviction(idleKeys(true), MAX_MIRRORED_BYTES));
    const victims = planEviction(idleKeys(false), MAX_FRESH_BYTES);
    const { rows } = batchOf(victims);
    forget(victims);
    if (victims.length > 0) lose(rows, "queue_full");
    trimAtBytes = Math.max(bytes, MAX_MIRRORED_BYTES) + TRIM_STEP_BYTES;
  };

  return {
    add(item) {
      let reason: DropReason = "serialization_failed";
      try {
        const text = JSON.stringify(item.meta);
        if (text !== meta) {
          meta = text;
          metas++;
        }
        const row = encodeItem(item, nextStamp(), tab + metas);
        reason = "too_large";
        if (row.key[3] > MAX_ITEM_BYTES) throw reason;
        put(row);
      } catch {
        lose([{}], reason);
      }
      if (bytes > trimAtBytes) trim();
    },
    fresh: () => find(({ isStored }) => !isStored),
    markStored(filings) {
      for (const filing of filings) (filing as Entry).isStored = true;
    },
    setFlying,
    forget,
    pick(maxBytes, maxBatches) {
      const batches: Batch[] = [];
      let room = maxBytes;
      for (;;) {
        const keys = planBatch(
          [...idleKeys(true), ...idleKeys(false)].sort(compareKeys),
          room - FRAME_BYTES,
        );
        const batch = batchOf(keys);
        room -= byteLength(encodeBody(batch));
        if (keys.length === 0 || room < 0 || batches.length >= maxBatches) return batches;
        batches.push(batch);
        setFlying(keys, true);
      }
    },
    pace: async () => pace,
    async take() {
      flights = flights.filter((keys) => batchOf(keys).rows.length > 0);
      if (flights.length === 0) {
        const keys = planBatch(idleKeys(false).sort(compareKeys), MAX_MIRRORED_BYTES);
        if (keys.length === 0) return undefined;
        setFlying(keys, true);
        flights.push(keys);
      }
      return batchOf(flights[0] ?? []);
    },
    async settle({ keys, rows }, fate, next) {
      pace = next ?? pace;
      if (fate === "keep" || fate === "stop") return;
      flights = flights.filter((flight) => flight !== keys);
      const middle = rows.length >> 1;
      const present = rows.map(({ key }) => key);
      if (fate === "split") flights.push(present.slice(0, middle), present.slice(middle));
      else forget(keys);
      if (fate === "refused" && rows.some(({ lost }) => !lost)) lose([{}], "rejected");
    },
    clear() {
      entries.clear();
      flights = [];
      bytes = 0;
    },
  };
}
