import type { Position, Stream, Time } from "../sources/line.ts";
import type { RawLine } from "./log-line.ts";

/**
 * A line by which a place in a container's log is found again: Docker numbers nothing, but its
 * stamps have nanoseconds and the order of a log never changes.
 */
export interface Anchor {
  readonly stream: Stream;
  readonly time: Time;
  /** Tells lines of the same nanosecond apart. */
  readonly mark: number;
}

export function anchorOf(line: RawLine): Anchor {
  return { stream: line.stream, time: line.time, mark: markOf(line.text) };
}

export function isAnchor(anchor: Anchor, line: RawLine): boolean {
  return (
    compareTimes(anchor.time, line.time) === 0 &&
    anchor.stream === line.stream &&
    anchor.mark === markOf(line.text)
  );
}

/** As the journal keeps it. */
export function toPosition({ stream, time, mark }: Anchor): Position {
  return [stream === "stdout" ? 1 : 2, time[0], time[1], mark];
}

/** Undefined for what is no anchor: a journal of another version, or a damaged one. */
export function parseAnchor(position: Position | undefined): Anchor | undefined {
  if (!Array.isArray(position) || position.length !== 4) return undefined;
  if (!position.every((part) => Number.isSafeInteger(part))) return undefined;
  const [stream, seconds, nanos, mark] = position as [number, number, number, number];
  return { stream: stream === 1 ? "stdout" : "stderr", time: [seconds, nanos], mark };
}

export function compareTimes(a: Time, b: Time): number {
  return a[0] - b[0] || a[1] - b[1];
}

/** As `since` of the Engine API takes it, never before 1970. */
export function sinceText([seconds, nanos]: Time, earlierSeconds: number): string {
  const at = Math.max(0, seconds - earlierSeconds);
  return `${at}.${String(nanos).padStart(9, "0")}`;
}

const SAMPLES = 16;

/** Length and a few letters of a text: enough, since the time must be the same too. */
function markOf(text: string): number {
  const step = Math.max(1, Math.floor(text.length / SAMPLES));
  let mark = text.length;
  for (let index = 0; index < text.length; index += step) {
    mark = (Math.imul(mark, 31) + text.charCodeAt(index)) | 0;
  }
  return mark;
}
