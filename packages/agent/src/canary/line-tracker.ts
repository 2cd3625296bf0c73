/** One moment by two clocks: the wall's, which people set, and one that only goes on. */
export interface Moment {
  readonly unixMillis: number;
  /** Since some start; for ages. */
  readonly steadyMillis: number;
}

export interface TrackerLimits {
  /** A line that is not readable by then is late. */
  readonly lateMillis: number;
  /** A line that is not readable by then is missing. */
  readonly missingMillis: number;
  /** Missing lines, and those that could not be asked for, are remembered for so long. */
  readonly keepMillis: number;
}

export interface Window {
  readonly fromUnixMillis: number;
  readonly toUnixMillis: number;
}

export interface ReadBack {
  /** Copies of each number that were readable. */
  readonly copies: ReadonlyMap<number, number>;
  readonly asked: Moment;
  readonly answered: Moment;
  /** False where the answer was cut at its limit: what is not in it may still be there. */
  readonly isWhole: boolean;
  /** Loki has answered for a while: what had queued up for it is in, so nothing is missing too early. */
  readonly isCalm: boolean;
}

/** What an answer has told. */
export interface Findings {
  readonly delaysMillis: readonly number[];
  readonly late: number;
  readonly missing: number;
  readonly recovered: number;
  readonly doubled: number;
  readonly unknown: number;
  /** When the newest of the lines that were found had been printed. */
  readonly newestFoundUnixMillis: number | undefined;
}

/** The canary's own lines, from printing until nothing new can be said of them. */
export interface LineTracker {
  /** A line is about to be printed; its number. */
  write(at: Moment): number;
  /** Where all open lines are (`open`), or all that are remembered; none if there are none. */
  window(which: "open" | "all"): Window | undefined;
  take(read: ReadBack): Findings;
  /** Loki could not be asked: forgets what is too old, and does not call it missing. */
  takeFailure(at: Moment): Pick<Findings, "unknown">;
  size(): number;
}

interface TrackedLine {
  readonly number: number;
  readonly printed: Moment;
  state: "open" | "found" | "missing";
  isLate: boolean;
  copies: number;
}

/** Docker stamps a line when it reads it: a little later, and much later when it is held up. */
const EARLIER_MILLIS = 5_000;
const LATER_MILLIS = 60_000;

export function createLineTracker(limits: TrackerLimits): LineTracker {
  const lines = new Map<number, TrackedLine>();
  let last = 0;

  function forgetOld(at: Moment): number {
    let unknown = 0;
    for (const line of lines.values()) {
      const keep = line.state === "found" ? limits.missingMillis : limits.keepMillis;
      if (ageOf(line, at) <= keep) continue;
      if (line.state === "open") unknown += 1;
      lines.delete(line.number);
    }
    return unknown;
  }

  return {
    write(printed) {
      last += 1;
      lines.set(last, { number: last, printed, state: "open", isLate: false, copies: 0 });
      return last;
    },
    window(which) {
      let from = Number.POSITIVE_INFINITY;
      let to = Number.NEGATIVE_INFINITY;
      for (const { state, printed } of lines.values()) {
        if (which === "open" && state !== "open") continue;
        from = Math.min(from, printed.unixMillis);
        to = Math.max(to, printed.unixMillis);
      }
      if (from > to) return undefined;
      return { fromUnixMillis: from - EARLIER_MILLIS, toUnixMillis: to + LATER_MILLIS };
    },
    take({ copies, asked, answered, isWhole, isCalm }) {
      const told = { late: 0, missing: 0, recovered: 0, doubled: 0 };
      const delaysMillis: number[] = [];
      const tellLate = (line: TrackedLine): void => {
        if (line.isLate) return;
        line.isLate = true;
        told.late += 1;
      };
      let newestFoundUnixMillis: number | undefined;
      for (const line of lines.values()) {
        const found = copies.get(line.number) ?? 0;
        if (found > 0 && line.copies === 0) {
          const delay = Math.max(0, ageOf(line, answered));
          delaysMillis.push(delay);
          if (line.state === "missing") told.recovered += 1;
          if (delay > limits.lateMillis) tellLate(line);
          line.state = "found";
          newestFoundUnixMillis = line.printed.unixMillis;
        }
        if (found > line.copies) {
          told.doubled += found - Math.max(1, line.copies);
          line.copies = found;
        }
        if (line.state !== "open" || !isWhole) continue;
        // By the time of asking: what came in while the answer was made is not in it.
        if (ageOf(line, asked) > limits.lateMillis) tellLate(line);
        if (isCalm && ageOf(line, asked) > limits.missingMillis) {
          line.state = "missing";
          told.missing += 1;
        }
      }
      return { ...told, delaysMillis, newestFoundUnixMillis, unknown: forgetOld(answered) };
    },
    takeFailure: (at) => ({ unknown: forgetOld(at) }),
    size: () => lines.size,
  };
}

function ageOf({ printed }: TrackedLine, at: Moment): number {
  return at.steadyMillis - printed.steadyMillis;
}
