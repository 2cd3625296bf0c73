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
  /** The places after which each stream goes on. */
  anchors(): Readonly<Partial<Record<Stream, Anchor>>>;
  deliver(line: RawLine): void;
  /** Lines later than this are left for another reading; undefined: all are taken. */
  limit(until: Time | undefined): void;
  sayUnknownGap(detail: string): void;
  /** The log is gone: what was only counted is lost. */
  giveUp(): void;
}

export function createLogCursor({ runs, onRunRead, onTrouble }: LogCursorOptions): LogCursor {
  const overflow = createOverflow();
  const repeats = createRepeats();
  /** The newest line that was handed on: everything before it was handed on too. */
  let lastLine: Anchor | undefined;
  let until: Time | undefined;

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
    anchors() {
      if (lastLine !== undefined) return { stdout: lastLine, stderr: lastLine };
      const sink = runs[0]?.sink;
      const stdout = parseAnchor(sink?.resumePosition("stdout"));
      const stderr = parseAnchor(sink?.resumePosition("stderr"));
      return { ...(stdout && { stdout }), ...(stderr && { stderr }) };
    },
    deliver(line) {
      if (until !== undefined && compareTimes(line.time, until) > 0) return;
      if (repeats.isRepeat(line)) return;
      while (runs.length > 1 && isPastEnd(runs[0], line)) onRunRead(runs[0] as Run);
      lastLine = anchorOf(line);
      pushSafely({ ...line, position: toPosition(lastLine) });
      if (overflow.isOpen()) sayLost(overflow.noteKept(line));
    },
    limit(time) {
      until = time;
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
