import { LRUCache } from "lru-cache";
import type { FaroItem } from "../faro/faro-payload.ts";
import { itemHash } from "../records/item-hash.ts";

/**
 * Errors and figures of the last minutes that are safe. A page that heard no answer sends them again,
 * perhaps with others: their lines would be the same bytes, but they would be counted twice.
 */
export interface ToldItems {
  /** What is not told yet, in order. Lines and events always are: two equal ones are stored as one. */
  fresh(seed: number, items: readonly FaroItem[]): readonly FaroItem[];
  /** From here on they are told. */
  add(seed: number, items: readonly FaroItem[]): void;
}

const TTL_MILLIS = 900_000;
/** Two hashes with different starts are as good as one of twice the size. */
const OTHER_SEED = 0x9e3779b9;
/** A double holds 53 bits of the two. */
const UPPER = 2 ** 21;
const LOWER_SHIFT = 11;

export function createToldItems(maxItems = 50_000): ToldItems {
  const told = new LRUCache<number, true>({ max: maxItems, ttl: TTL_MILLIS });
  return {
    fresh(seed, items) {
      if (!items.some(isCounted)) return items;
      return items.filter((item) => !isCounted(item) || !told.has(keyOf(seed, item)));
    },
    add(seed, items) {
      for (const item of items) if (isCounted(item)) told.set(keyOf(seed, item), true);
    },
  };
}

/** Without a time of its own, what happens again looks like what is sent again; Faro always gives one. */
function isCounted({ kind, timeMillis }: FaroItem): boolean {
  return (kind === "exception" || kind === "measurement") && timeMillis !== undefined;
}

function keyOf(seed: number, item: FaroItem): number {
  return itemHash(seed, item) * UPPER + (itemHash(seed ^ OTHER_SEED, item) >>> LOWER_SHIFT);
}
