/** Unix nanoseconds as two whole numbers of 32 bits, because no double holds them. */
export interface RecordTime {
  readonly low: number;
  readonly high: number;
}

/** Gives each record of a process a time of its own. */
export interface RecordClock {
  /**
   * @param unixMillis when it happened; whole milliseconds are used.
   * @returns one object for all calls, overwritten by the next.
   */
  stamp(unixMillis: number): RecordTime;
}

const TWO_32 = 2 ** 32;
/** No time is moved further than this to keep order. */
const MAX_AHEAD_MICROS = 100_000;
const NANOS_PER_MICRO = 1_000;

/**
 * Loki stores equal lines of one nanosecond once, and shows lines in the order of their times. So a
 * record of the same millisecond as the last one stands one microsecond behind it, and so does one
 * whose clock ran back by less than 100 ms. A clock that was set back further is followed at once:
 * counting on from a time that was wrong would go on for as long as it was wrong. The nanoseconds
 * of what comes then are others each time, so that a time which was used before does not come again.
 */
export function createRecordClock(): RecordClock {
  const time = { low: 0, high: 0 };
  let lastMicros = 0;
  let stepsBack = 0;

  return {
    stamp(unixMillis) {
      let micros = toMicros(unixMillis);
      if (micros <= lastMicros) {
        if (lastMicros - micros < MAX_AHEAD_MICROS) micros = lastMicros + 1;
        else stepsBack = (stepsBack + 1) % NANOS_PER_MICRO;
      }
      lastMicros = micros;
      const lowMicros = micros % TWO_32;
      const lowNanos = lowMicros * NANOS_PER_MICRO + stepsBack;
      time.low = lowNanos % TWO_32;
      time.high = Math.floor(micros / TWO_32) * NANOS_PER_MICRO + Math.floor(lowNanos / TWO_32);
      return time;
    },
  };
}

/** 0 where it is no time. Up to the year 2255 a double holds every microsecond. */
function toMicros(unixMillis: number): number {
  const micros = Math.floor(unixMillis) * 1_000;
  return micros > 0 && micros < Number.MAX_SAFE_INTEGER ? micros : 0;
}
