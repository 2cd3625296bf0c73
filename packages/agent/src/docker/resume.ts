import type { Stream, Time } from "../sources/line.ts";
import { type Anchor, compareTimes, isAnchor } from "./anchor.ts";
import type { RawLine } from "./log-line.ts";

/**
 * Finds the place where reading goes on. The log is opened a little before the anchors; of each
 * stream, all lines up to and with its anchor are old.
 */
export interface Resume {
  /** Lines that are new, in order. Those before a place that is not found yet are held back. */
  push(line: RawLine): readonly RawLine[];
  /** Nothing more comes for now: what is held back is new. */
  release(): readonly RawLine[];
  /** Whether every place was found, or given up. */
  isDone(): boolean;
  /** Whether all that follows is new: `push` is needed no more. */
  isSettled(): boolean;
  /** Streams whose place is not in the log any more. */
  lostAnchors(): readonly Stream[];
}

/**
 * The two streams are stamped before they are written under a lock, so neighbours in the log may
 * be out of order by a moment. A line later than this after the anchor's time comes after it.
 */
const DISORDER_SECONDS = 1;

interface Search {
  readonly stream: Stream;
  readonly anchor: Anchor;
  readonly held: RawLine[];
  /** `passed`: lost, and a later line of the stream was seen, so that nothing old can follow. */
  state: "searching" | "found" | "lost" | "passed";
}

/**
 * @param newest time of the newest line that was handed on. It is later than the anchors where the
 *   clock was set back: then lines before the anchor have later times than it.
 */
export function createResume(
  anchors: Readonly<Partial<Record<Stream, Anchor>>>,
  newest?: Time,
): Resume {
  const searches: Search[] = [];
  for (const stream of ["stdout", "stderr"] as const) {
    const anchor = anchors[stream];
    if (anchor) searches.push({ stream, anchor, held: [], state: "searching" });
  }

  const isOpen = (search: Search): boolean => search.state === "searching";

  function look(search: Search, line: RawLine): readonly RawLine[] {
    if (isAnchor(search.anchor, line)) {
      search.state = "found";
      search.held.length = 0;
      return [];
    }
    const [seconds, nanos] = latest(search.anchor.time, newest);
    const isLate = compareTimes(line.time, [seconds + DISORDER_SECONDS, nanos]) > 0;
    return isLate ? giveUp(search) : [];
  }

  function giveUp(search: Search): readonly RawLine[] {
    search.state = "lost";
    return search.held.splice(0);
  }

  /** Given up too early, perhaps: what comes of the time before the place was read already. */
  function isBeforeLost(search: Search, line: RawLine): boolean {
    if (search.state !== "lost" || search.stream !== line.stream) return false;
    if (compareTimes(line.time, search.anchor.time) <= 0) return true;
    search.state = "passed";
    return false;
  }

  return {
    push(line) {
      const fresh: RawLine[] = [];
      let isHeld = searches.some((search) => isBeforeLost(search, line));
      for (const search of searches) {
        if (!isOpen(search)) continue;
        fresh.push(...look(search, line));
        if (line.stream !== search.stream) continue;
        if (search.state === "found") {
          // The anchor itself, or a line of this stream at which another stream's anchor was found.
          isHeld = true;
        } else if (isOpen(search)) {
          isHeld = true;
          if (compareTimes(line.time, search.anchor.time) > 0) search.held.push(line);
        }
      }
      if (!isHeld) fresh.push(line);
      return fresh;
    },
    release: () => searches.filter(isOpen).flatMap(giveUp),
    isDone: () => !searches.some(isOpen),
    isSettled: () => searches.every(({ state }) => state === "found" || state === "passed"),
    lostAnchors: () =>
      searches.filter(({ state }) => state === "lost" || state === "passed").map((s) => s.stream),
  };
}

const latest = (time: Time, other: Time | undefined): Time =>
  other !== undefined && compareTimes(other, time) > 0 ? other : time;
