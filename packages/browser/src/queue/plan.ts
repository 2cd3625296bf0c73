import { LOKI_LIMIT } from "@sightline/core";
import type { Key } from "./row.ts";

/** The gateway takes a thousand items in a payload, of which 200 spans. */
const MAX_WEIGHT = 1_000;
const weightOf = ([rank, , , , items]: Key): number => (rank === 2 ? 5 : 1) * items;
/** Room is made in steps, so that a full store is not planned anew for each item. */
const SPARE_SHARE = 0.1;
/** A clock that was never set says nothing about age. */
const FIRST_SANE_MILLIS = 1_577_836_800_000;

/** The first keys that share the very first one's meta, up to `maxBytes`; at least one. `keys` are sorted. */
export function planBatch(keys: readonly Key[], maxBytes: number): Key[] {
  const batch: Key[] = [];
  let bytes = 0;
  let weight = 0;
  for (const key of keys) {
    if (key[2] !== keys[0]?.[2]) continue;
    bytes += key[3] + 1;
    weight += weightOf(key);
    if (batch[0] && (bytes > maxBytes || weight > MAX_WEIGHT)) break;
    batch.push(key);
  }
  return batch;
}

/** What must go for the rest to have room: the oldest of the lowest rank first. */
export function planEviction(keys: readonly Key[], maxBytes: number): Key[] {
  let excess = sumBytes(keys) - maxBytes;
  if (excess <= 0) return [];
  excess += maxBytes * SPARE_SHARE;
  return [...keys]
    .sort((a, b) => b[0] - a[0] || a[1] - b[1])
    .filter(([, , , bytes]) => {
      const isVictim = excess > 0;
      excess -= bytes;
      return isVictim;
    });
}

export function isTooOld([, atMillis]: Key, nowMillis: number): boolean {
  return atMillis > FIRST_SANE_MILLIS && nowMillis - atMillis > LOKI_LIMIT.maxAgeMillis;
}

export function sumBytes(keys: readonly Key[]): number {
  return keys.reduce((sum, [, , , bytes]) => sum + bytes, 0);
}
