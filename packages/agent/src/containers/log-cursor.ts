import { type Anchor, anchorOf, compareTimes, parseAnchor, toPosition } from "../docker/anchor.ts";
import type { RawLine } from "../docker/log-line.ts";
import type { Line, Stream, Time } from "../sources/line.ts";
import { createOverflow, type Overflow } from "./overflow.ts";
import { createRepeats } from "./repeats.ts";
import type { Run } from "./run.ts";

export interface LogCursorOptions {
  /** The runs whose lines are still to come, oldest first. {@link onRunRead} takes the first off. */
  readonly runs: readonly Run[];
  onRunRead(run: Run): void;
  onTrouble(message: string): void;
}

/** How far the log of one container was handed on, and to which run the next line belongs. */
export interface LogCursor {
  readonly overflow: Overflow;
  /** Time of the newest line that was handed on: later than that of the last where a clock went back. */
  newest(): Time | undefined;
  /** Where reading begins while there is no place to go on from: after what was given up. */
  since(): Time | undefined;
  /** The places after which each stream goes on. */
  anchors(): Readonly<Partial<Record<Stream, Anchor>>>;
  deliver(line: RawLine): void;
  /** Lines later than this are left for another reading; undefined: all are taken. */
  limit(until: Time | undefined): void;
  /** What was written before is given up. */
  skipTo(time: Time): void;
  sayUnknownGap(detail: string): void;
  /** The same for a place that cannot be read, before it is skipped. */
  sayDamage(detail: string): void;
  /** The log is gone: what was only counted is lost. */
  giveUp(): void;
}

export function createLogCursor({ runs, onRunRead, onTrouble }: LogCursorOptions): LogCursor {
  const overflow = createOverflow();
  const repeats = createRepeats();
  /** The newest line that was handed on: everything before it was handed on too. */
  let lastLine: Anchor | undefined;
  let newest: Time | undefined;
  let until: Time | undefined;
  let skippedTo: Time | undefined;

  /** A fault of ours in one line must not end the reading of all others, nor go unseen. */
  function pushSafely(line: Line): void {
    const sink = runs[0]?.sink;
    try {
      sink?.push(line);
    } catch (error) {
      const detail = `the agent failed on it: ${String(error)}`;
      onTrouble(detail);
      sink?.gap({ reason: "serialization_failed", lines: 1, detail });
    }
  }

  function sayLost(lines: number | undefined): void {
    if (lines === undefined || lines === 0) return;
    const detail = "Docker dropped them while the collector was away and the journal was full";
    runs[0]?.sink.gap({ reason: "source_rotated", lines, detail });
  }

  return {
    overflow,
    newest: () => newest,
    since: () => (lastLine === undefined ? skippedTo : undefined),
    anchors() {
      if (skippedTo !== undefined && lastLine === undefined) return {};
      if (lastLine !== undefined) return { stdout: lastLine, stderr: lastLine };
      const sink = runs[0]?.sink;
      const stdout = parseAnchor(sink?.resumePosition("stdout"));
      const stderr = parseAnchor(sink?.resumePosition("stderr"));
      return { ...(stdout && { stdout }), ...(stderr && { stderr }) };
    },
    deliver(line) {
      if (until !== undefined && compareTimes(line.time, until) > 0) return;
      const anchor = anchorOf(line);
      if (repeats.isRepeat(anchor)) return;
      while (runs.length > 1 && isPastEnd(runs[0], line)) onRunRead(runs[0] as Run);
      lastLine = anchor;
      if (newest === undefined || compareTimes(line.time, newest) > 0) newest = line.time;
      pushSafely({ ...line, position: toPosition(anchor) });
      if (overflow.isOpen()) sayLost(overflow.noteKept(line));
    },
    limit(time) {
      until = time;
    },
    skipTo(time) {
      skippedTo = time;
      lastLine = undefined;
    },
    sayDamage(detail) {
      // Once: until a line comes through, there is nothing new to say.
      if (skippedTo === undefined || lastLine !== undefined) this.sayUnknownGap(detail);
    },
    sayUnknownGap(detail) {
      runs[0]?.sink.gap({ reason: "source_rotated", lines: undefined, detail });
    },
    giveUp: () => sayLost(overflow.giveUp()),
  };
}

function isPastEnd(run: Run | undefined, line: RawLine): boolean {
  return run?.end !== undefined && compareTimes(line.time, run.end.time) > 0;
}
