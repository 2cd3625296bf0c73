import type { TransportItem } from "@grafana/faro-web-sdk";
import type { DropReason } from "@sightline/core";
import { planBatch, planEviction } from "./plan.ts";
import type { Batch } from "./queue.ts";
import {
  byteLength,
  encodeBody,
  encodeItem,
  encodeLosses,
  type Filing,
  type Key,
  type Row,
} from "./row.ts";
import { compareKeys, flightKey } from "./table.ts";

/** What this page added lately and nobody acknowledged: all that it can still send when it goes away. */
export interface Mirror {
  /** Never throws; what cannot be encoded becomes a count. */
  encode(item: TransportItem): Filing;
  hold(filings: readonly Filing[]): void;
  setFlying(batch: Batch, isFlying: boolean): void;
  /** All without an argument. */
  forget(keys?: readonly Key[]): void;
  /** The most important ones that are not on their way, which they are from now on. */
  pick(maxBytes: number): Batch[];
}

/** Loki takes no longer line. */
const MAX_ITEM_BYTES = 250_000;
const MAX_BYTES = 60_000;
const TRIM_BYTES = 80_000;
/** Room for the meta and the names of lists. */
const FRAME_BYTES = 4_000;
/** One per meta: a page has one, or two right after it changed. */
const MAX_BATCHES = 4;

export function createMirror(tab: string): Mirror {
  const filings = new Map<string, Filing>();
  const flying = new Set<string>();
  let bytes = 0;
  let atMillis = 0;
  let meta = "{}";
  let metas = 0;

  const keysOf = (): Key[] => [...filings.values()].map(({ row }) => row.key);
  const forget = (keys: readonly Key[] = keysOf()): void => {
    for (const key of keys) {
      if (filings.delete(String(key))) bytes -= key[3];
      flying.delete(String(key));
    }
  };
  const setFlying = ({ rows }: Pick<Batch, "rows">, isFlying: boolean): void => {
    for (const { key } of rows) flying[isFlying ? "add" : "delete"](String(key));
  };

  return {
    encode(item) {
      const now = Date.now();
      atMillis = now > atMillis ? now : atMillis + 0.001;
      let reason: DropReason = "serialization_failed";
      let row: Row | undefined;
      try {
        const text = JSON.stringify(item.meta);
        if (text !== meta) metas++;
        meta = text;
        row = encodeItem(item, atMillis, tab + metas);
        reason = "too_large";
      } catch {}
      if (!row || row.key[3] > MAX_ITEM_BYTES) {
        row = encodeLosses({ [reason]: 1 }, atMillis, tab + metas);
      }
      return { row, meta };
    },
    hold(added) {
      for (const filing of added) {
        filings.set(String(filing.row.key), filing);
        bytes += filing.row.key[3];
      }
      if (bytes > TRIM_BYTES) forget(planEviction(keysOf(), MAX_BYTES));
    },
    setFlying,
    forget,
    pick(maxBytes) {
      const batches: Batch[] = [];
      let room = maxBytes;
      while (batches.length < MAX_BATCHES) {
        const idle = keysOf().filter((key) => !flying.has(String(key)));
        const keys = planBatch(idle.sort(compareKeys), room - FRAME_BYTES);
        const picked = keys.map((key) => filings.get(String(key)) as Filing);
        const rows = picked.map(({ row }) => row);
        const batch = { flight: flightKey(rows), rows, meta: picked[0]?.meta ?? meta };
        room -= byteLength(encodeBody(batch.meta, rows));
        if (!keys[0] || room < 0) break;
        setFlying(batch, true);
        batches.push(batch);
      }
      return batches;
    },
  };
}
