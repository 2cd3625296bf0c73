import type { Clock } from "@sightline/wire";
import { type Anchor, compareTimes, sinceText } from "../docker/anchor.ts";
import type { DockerClient } from "../docker/docker-client.ts";
import type { RawLine } from "../docker/log-line.ts";
import { type ReadEnd, readLog } from "../docker/read-log.ts";
import { createResume } from "../docker/resume.ts";
import { pause } from "../pause.ts";
import { type Stream, type Time, toMillis } from "../sources/line.ts";
import type { LogCursor } from "./log-cursor.ts";

/** A log that is being opened from its start. */
export interface OpenedLog {
  readonly opening: ReturnType<DockerClient["logs"]>;
  readonly abort: AbortController;
}

export interface LogPassOptions {
  readonly client: DockerClient;
  readonly id: string;
  readonly clock: Clock;
  readonly cursor: LogCursor;
  /** Goes on as the container writes; else to the present end. */
  readonly follow: boolean;
  /** Where a log is begun that was never read: older lines are not asked for. */
  readonly firstSince: Time | undefined;
  readonly opened: OpenedLog | undefined;
  /** When the run began whose first line is to come, if it is. */
  readonly freshRunUnixMillis: number | undefined;
  readonly stopping: AbortSignal;
  /** A promise while there is no room for more lines. */
  room(): Promise<void> | undefined;
}

/** `again`: the log is to be opened anew at once, from where the cursor is. */
export type PassEnd = ReadEnd | { readonly status: "again" };

/** The log is opened this much before the place that is looked for; see `createResume`. */
const MARGIN_SECONDS = 10;
/** A busy engine pauses for seconds; what is held back meanwhile is at most ten seconds of lines. */
const HELD_MILLIS = 10_000;
/** No room for so long: the collector is away and the journal is full. From here lines are counted. */
const COUNT_AFTER_MILLIS = 1_000;

/** Reads a log over one connection, from where the cursor is. */
export async function readPass(options: LogPassOptions): Promise<PassEnd> {
  const { client, id, clock, cursor, opened, stopping } = options;
  const anchors = cursor.anchors();
  const resume = createResume(anchors, cursor.newest());
  const reading = opened?.abort ?? new AbortController();
  const signal = AbortSignal.any([stopping, reading.signal]);
  const query = {
    follow: options.follow,
    ...sinceOf(anchors, cursor.since() ?? options.firstSince, backAt(options)),
  };
  let isCounting = false;
  let hasToldLost = false;
  let hasSearched = resume.isSettled();
  let cancelRelease = (): void => {};

  function take(lines: readonly RawLine[]): void {
    // Where lines were counted the overflow tells how many are gone; here nobody knows.
    if (!hasToldLost && resume.lostAnchors().length > 0) {
      hasToldLost = true;
      const isKnown = cursor.overflow.isOpen();
      if (!isKnown) cursor.sayUnknownGap("its log was rotated or cut while it was not read");
    }
    for (const line of lines) handOn(line);
  }

  function handOn(line: RawLine): void {
    if (isCounting) cursor.overflow.count(line);
    else cursor.deliver(line);
  }

  function onLine(line: RawLine): void {
    if (hasSearched) {
      handOn(line);
      return;
    }
    // Some lines longer than until every place is found: old ones may follow where one is lost.
    const fresh = resume.push(line);
    hasSearched = resume.isSettled();
    take(fresh);
  }

  function planRelease(): void {
    cancelRelease();
    if (resume.isDone()) return;
    cancelRelease = clock.after(HELD_MILLIS, () => take(resume.release()), true);
  }

  async function waitOrCount(room: Promise<void>): Promise<void> {
    const late = new AbortController();
    const isLate = pause(COUNT_AFTER_MILLIS, clock, late.signal).then(() => true);
    isCounting = await Promise.race([room.then(() => false), isLate]);
    late.abort();
    if (!isCounting) return;
    void room.then(() => {
      if (cursor.overflow.isOpen()) reading.abort();
      isCounting = false;
    });
  }

  const end = await readLog({
    opening: opened?.opening ?? client.logs(id, query, signal),
    signal,
    onLine,
    afterChunk() {
      const room = isCounting ? undefined : options.room();
      // Not before it has waited: nothing is read meanwhile, so nothing is found either.
      if (room === undefined) planRelease();
      else cancelRelease();
      return room && waitOrCount(room).then(planRelease);
    },
  });
  cancelRelease();
  if (stopping.aborted) return { status: "aborted" };
  if (end.status === "aborted") return { status: "again" };
  if (end.status !== "ended") return end;
  take(resume.release());
  if (!cursor.overflow.isOpen()) return end;
  // The end of the log was counted, not kept. It may be gone by the time there is room.
  await untilStopped(options.room(), stopping);
  return stopping.aborted ? { status: "aborted" } : { status: "again" };
}

/** A collector that is away must not hold up the end of the agent. */
async function untilStopped(room: Promise<void> | undefined, stopping: AbortSignal): Promise<void> {
  if (room === undefined || stopping.aborted) return;
  const ended = new AbortController();
  const stop = new Promise<void>((resolve) => {
    stopping.addEventListener("abort", () => resolve(), { once: true, signal: ended.signal });
  });
  await Promise.race([room, stop]);
  ended.abort();
}

/** The earliest time that a line which is written now may have. */
function backAt({ clock, freshRunUnixMillis = Infinity }: LogPassOptions): number {
  return Math.min(clock.now(), freshRunUnixMillis);
}

function sinceOf(
  anchors: Readonly<Partial<Record<Stream, Anchor>>>,
  firstSince: Time | undefined,
  backAtUnixMillis: number,
): { since?: string } {
  const times = Object.values(anchors).map((anchor) => anchor.time);
  const [earliest] = times.toSorted(compareTimes);
  // Where one stream has no place yet, all of it is new, however old.
  if (earliest !== undefined && times.length === 2) {
    // The clock was set back: Docker would leave out what is written now, also while it follows.
    if (toMillis(earliest) - MARGIN_SECONDS * 1000 > backAtUnixMillis) return {};
    return { since: sinceText(earliest, MARGIN_SECONDS) };
  }
  return firstSince === undefined ? {} : { since: sinceText(firstSince, 0) };
}
