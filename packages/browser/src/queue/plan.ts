import { LOKI_LIMIT } from "@sightline/core";
import type { Key } from "./row.ts";

const MAX_ITEMS = 500;
/** Room is made in steps, so that a full store is not planned anew for each item. */
const SPARE_SHARE = 0.1;
/** A clock that was never set says nothing about age. */
const FIRST_SANE_MILLIS = 1_577_836_800_000;

export function compareKeys(a: Key, b: Key): number {
  return a[0] - b[0] || a[1] - b[1];
}

/** The first keys that share the very first one's meta, up to `maxBytes`; at least one. `keys` are sorted. */
export function planBatch(keys: readonly Key[], maxBytes: number): Key[] {
  const batch: Key[] = [];
  let bytes = 0;
  for (const key of keys) {
    if (key[2] !== keys[0]?.[2]) continue;
    bytes += key[3] + 1;
    if (batch.length > 0 && (bytes > maxBytes || batch.length === MAX_ITEMS)) break;
    batch.push(key);
  }
  return batch;
}

/** What must go for the rest to have room: the oldest of the lowest rank first. */
export function planEviction(keys: readonly Key[], maxBytes: number): Key[] {
  let excess = sumBytes(keys) - maxBytes;
  if (excess <= 0) return [];
  excess += maxBytes * SPARE_SHARE;
  const victims: Key[] = [];
  for (const key of [...keys].sort((a, b) => b[0] - a[0] || a[1] - b[1])) {
    if (excess <= 0) break;
    excess -= key[3];
    victims.push(key);
  }
  return victims;
}

export function isTooOld([, addedAtMillis]: Key, nowMillis: number): boolean {
  return addedAtMillis > FIRST_SANE_MILLIS && nowMillis - addedAtMillis > LOKI_LIMIT.maxAgeMillis;
}

export function sumBytes(keys: readonly Key[]): number {
  return keys.reduce((sum, [, , , bytes]) => sum + bytes, 0);
}
