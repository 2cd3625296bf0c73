import { type Time, toMillis } from "./line.ts";

/** Says once per spell that lines were left out, and at its end how many. */
export interface Shedding {
  /** @returns a sentence to say now, if there is one. */
  note(droppedLines: number, time: Time, isPassing: boolean): string | undefined;
  end(): string | undefined;
}

/** A spell is over when nothing was left out for this long, by the clock of the lines. */
const QUIET_MILLIS = 5_000;

export function createShedding(): Shedding {
  let dropped = 0;
  let lastDropMillis = 0;

  function finish(): string | undefined {
    if (dropped === 0) return undefined;
    const lines = dropped;
    dropped = 0;
    return `sightline: ${lines.toLocaleString("en")} lines of this source were left out: it wrote more than its rate limit`;
  }

  return {
    note(droppedLines, time, isPassing) {
      const millis = toMillis(time);
      if (droppedLines > 0) {
        const isFirst = dropped === 0;
        dropped += droppedLines;
        lastDropMillis = millis;
        return isFirst
          ? "sightline: this source writes more than its rate limit; from here lines below WARN are left out, and counted"
          : undefined;
      }
      const isOver = dropped > 0 && isPassing && millis - lastDropMillis > QUIET_MILLIS;
      return isOver ? finish() : undefined;
    },
    end: finish,
  };
}
