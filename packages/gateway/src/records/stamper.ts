import { judgeTime } from "./storable.ts";

/** When a record is stored as having happened. */
export interface Stamp {
  /** Whole Unix milliseconds, inside what the store takes. */
  readonly millis: number;
  /** Nanoseconds behind that; more than a millisecond where very many happened in it. */
  readonly nanos: number;
  /** When it happened by the page's clock, where the store would not have taken that. */
  readonly eventMillis: number | undefined;
}

/** What happened in one millisecond stands in this order: what was said, then what it led to. */
export const SLOT = { line: 0, event: 1, error: 2, session: 3 } as const;
export type Slot = (typeof SLOT)[keyof typeof SLOT];

export interface Stamper {
  /**
   * @param timeMillis by the page's clock; undefined where it did not say.
   * @param identity a hash of what it says and of whose it is, from 0 to 2^32 - 1.
   */
  stamp(timeMillis: number | undefined, slot: Slot, identity: number): Stamp;
}

/** Times of arrival are cut to this, so that a payload which comes twice is mostly stamped alike. */
const ARRIVAL_STEP_MILLIS = 60_000;
const SLOT_NANOS = 250_000;
const POSITION_NANOS = 10_000;

/**
 * Stamps the records of one payload: the same payload gets the same nanoseconds each time it comes,
 * so that the store keeps one of two copies, while equal lines of different pages, or two of one
 * page in one millisecond, keep nanoseconds of their own and their order.
 */
export function createStamper(receivedAtMillis: number, skewMillis: number): Stamper {
  const positions = new Map<number, number>();

  function place(millis: number, slot: Slot, identity: number): number {
    const key = millis * 4 + slot;
    const position = positions.get(key) ?? 0;
    positions.set(key, position + 1);
    return slot * SLOT_NANOS + position * POSITION_NANOS + (identity % POSITION_NANOS);
  }

  return {
    stamp(timeMillis, slot, identity) {
      const own = timeMillis === undefined ? undefined : timeMillis + skewMillis;
      if (own !== undefined && judgeTime(own, receivedAtMillis) === "storable") {
        return { millis: own, nanos: place(own, slot, identity), eventMillis: undefined };
      }
      const millis = Math.floor(receivedAtMillis / ARRIVAL_STEP_MILLIS) * ARRIVAL_STEP_MILLIS;
      return { millis, nanos: place(millis, slot, identity), eventMillis: own };
    },
  };
}
