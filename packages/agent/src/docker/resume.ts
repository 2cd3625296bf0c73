import type { Stream } from "../sources/line.ts";
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
  state: "searching" | "found" | "lost";
}

export function createResume(anchors: Readonly<Partial<Record<Stream, Anchor>>>): Resume {
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
    const isLate =
      compareTimes(line.time, [search.anchor.time[0] + DISORDER_SECONDS, search.anchor.time[1]]) >
      0;
    return isLate ? giveUp(search) : [];
  }

  function giveUp(search: Search): readonly RawLine[] {
    search.state = "lost";
    return search.held.splice(0);
  }

  return {
    push(line) {
      const fresh: RawLine[] = [];
      let isHeld = false;
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
    lostAnchors: () => searches.filter((s) => s.state === "lost").map((s) => s.stream),
  };
}
