import type { Clock } from "@sightline/wire";
import {
  type Anchor,
  anchorOf,
  compareTimes,
  parseAnchor,
  sinceText,
  toPosition,
} from "../docker/anchor.ts";
import type { DockerClient } from "../docker/docker-client.ts";
import type { RawLine } from "../docker/log-line.ts";
import { type ReadEnd, readLog } from "../docker/read-log.ts";
import { createResume, type Resume } from "../docker/resume.ts";
import { pause } from "../pause.ts";
import type { Line, Stream, Time } from "../sources/line.ts";
import { createOverflow } from "./overflow.ts";
import { createRepeats } from "./repeats.ts";
import type { Run } from "./run.ts";

export interface LogReaderOptions {
  readonly client: DockerClient;
  readonly id: string;
  readonly clock: Clock;
  /** The log as it was opened the moment the container started, for the first reading. */
  readonly opened?: OpenedLog | undefined;
  /** Where a log is begun that was never read: older lines are not asked for. */
  readonly firstSince: Time | undefined;
  /** The runs whose lines are still to come, oldest first. {@link onRunRead} takes the first off. */
  readonly runs: readonly Run[];
  /** All lines of the first run, which has ended, were handed on, or cannot be had any more. */
  onRunRead(run: Run): void;
  /** The log has ended, yet no death is known: asks Docker, so that the run has an end if it died. */
  refresh(): Promise<void>;
  onTrouble(message: string): void;
}

/** A log that is being opened from its start. */
export interface OpenedLog {
  readonly opening: ReturnType<DockerClient["logs"]>;
  readonly abort: AbortController;
}

/** Reads the log of one container, over its runs, each line once. */
export interface LogReader {
  /** There may be something to read, or news of a death. */
  wake(): void;
  stop(): Promise<void>;
}

/** The log is opened this much before the place that is looked for; see `createResume`. */
const MARGIN_SECONDS = 10;
const HELD_MILLIS = 1_000;
const FIRST_PAUSE_MILLIS = 100;
const MAX_PAUSE_MILLIS = 5_000;
/** Docker ends the stream a moment before it says that the container died. */
const DEATH_NEWS_MILLIS = 2_000;
const MAX_REST_ATTEMPTS = 10;
/** No room for so long: the collector is away and the journal is full. From here lines are counted. */
const COUNT_AFTER_MILLIS = 1_000;

export function createLogReader(options: LogReaderOptions): LogReader {
  const { client, id, clock, runs } = options;
  const stopping = new AbortController();
  const overflow = createOverflow();
  let loop: Promise<void> | undefined;
  /** The newest line that was handed on: everything before it was handed on too. */
  let lastLine: Anchor | undefined;
  let wakeWaiter = (): void => {};
  let opened = options.opened;
  let restUntil: Time | undefined;
  const repeats = createRepeats();

  function anchors(): Partial<Record<Stream, Anchor>> {
    if (lastLine !== undefined) return { stdout: lastLine, stderr: lastLine };
    const sink = runs[0]?.sink;
    const stdout = parseAnchor(sink?.resumePosition("stdout"));
    const stderr = parseAnchor(sink?.resumePosition("stderr"));
    return { ...(stdout && { stdout }), ...(stderr && { stderr }) };
  }

  function deliver(line: RawLine): void {
    if (isOfNextRun(line) || repeats.isRepeat(line)) return;
    while (runs.length > 1 && isPastEnd(runs[0], line)) options.onRunRead(runs[0] as Run);
    const anchor = anchorOf(line);
    lastLine = anchor;
    pushSafely({ ...line, position: toPosition(anchor) });
    if (overflow.isOpen()) sayLost(overflow.noteKept(line));
  }

  /** While the rest of a run is read, the next one may write already: that is read with it. */
  function isOfNextRun(line: RawLine): boolean {
    return restUntil !== undefined && compareTimes(line.time, restUntil) > 0;
  }

  /** A fault of ours in one line must not end the reading of all others, nor go unseen. */
  function pushSafely(line: Line): void {
    const sink = runs[0]?.sink;
    try {
      sink?.push(line);
    } catch (error) {
      const detail = `the agent failed on it: ${String(error)}`;
      options.onTrouble(detail);
      sink?.gap({ reason: "serialization_failed", lines: 1, detail });
    }
  }

  function sayLost(lines: number | undefined): void {
    if (lines === undefined || lines === 0) return;
    const detail = "Docker dropped them while the collector was away and the journal was full";
    runs[0]?.sink.gap({ reason: "source_rotated", lines, detail });
  }

  function sayUnknownGap(detail: string): void {
    runs[0]?.sink.gap({ reason: "source_rotated", lines: undefined, detail });
  }

  async function readOnce(follow: boolean): Promise<ReadEnd | { readonly status: "again" }> {
    const places = anchors();
    const resume = createResume(places);
    const first = opened;
    opened = undefined;
    const reading = first?.abort ?? new AbortController();
    const signal = AbortSignal.any([stopping.signal, reading.signal]);
    const query = { follow, ...sinceOf(places, options.firstSince) };
    let isCounting = false;
    let hasToldLost = false;
    let cancelRelease = (): void => {};

    function takeAll(lines: readonly RawLine[]): void {
      // Where lines were counted the overflow tells how many are gone; here nobody knows.
      if (!hasToldLost && resume.lostAnchors().length > 0) {
        hasToldLost = true;
        if (!overflow.isOpen()) sayUnknownGap("its log was rotated or cut while it was not read");
      }
      for (const line of lines) deliver(line);
    }

    function planRelease(): void {
      cancelRelease();
      if (resume.isDone()) return;
      cancelRelease = clock.after(HELD_MILLIS, () => takeAll(resume.release()), true);
    }

    async function startCounting(room: Promise<void>): Promise<void> {
      const late = new AbortController();
      const isLate = pause(COUNT_AFTER_MILLIS, clock, late.signal).then(() => true);
      isCounting = await Promise.race([room.then(() => false), isLate]);
      late.abort();
      if (!isCounting) return;
      void room.then(() => {
        if (overflow.isOpen()) reading.abort();
        isCounting = false;
      });
    }

    const end = await readLog({
      opening: first?.opening ?? client.logs(id, query, signal),
      signal,
      onLine(line) {
        if (isCounting) countLine(resume, line);
        else if (resume.isDone()) deliver(line);
        else takeAll(resume.push(line));
      },
      afterChunk() {
        planRelease();
        const room = isCounting ? undefined : runs[0]?.sink.room();
        return room && startCounting(room);
      },
    });
    cancelRelease();
    if (stopping.signal.aborted) return { status: "aborted" };
    if (end.status === "aborted") return { status: "again" };
    if (end.status !== "ended") return end;
    takeAll(resume.release());
    if (!overflow.isOpen()) return end;
    // The end of the log was counted, not kept. It may be gone by the time there is room.
    await runs[0]?.sink.room();
    return { status: "again" };
  }

  function countLine(resume: Resume, line: RawLine): void {
    if (resume.isDone()) overflow.count(line);
    else for (const fresh of resume.push(line)) overflow.count(fresh);
  }

  /** The log was read to its end: hands on what has ended. False: it seems to be alive. */
  async function settleEnd(): Promise<boolean> {
    const [run] = runs;
    if (run === undefined) return true;
    if (run.end === undefined) await newsOfDeath();
    if (run.end === undefined) await options.refresh();
    if (run.end === undefined) return false;
    await readRest();
    if (runs[0] === run) options.onRunRead(run);
    return true;
  }

  /** Engines before 23 may end the stream of a dying container before the end of its log. */
  async function readRest(): Promise<void> {
    const died = runs[0]?.end;
    restUntil = died?.isHindsight === false ? died.time : undefined;
    for (let attempt = 0; attempt < MAX_REST_ATTEMPTS && !stopping.signal.aborted; attempt += 1) {
      const end = await readOnce(false);
      if (end.status === "ended" || end.status === "absent" || end.status === "aborted") break;
      if (end.status === "broken") await pause(FIRST_PAUSE_MILLIS, clock, stopping.signal);
    }
    restUntil = undefined;
  }

  function newsOfDeath(): Promise<void> {
    const news = new AbortController();
    wakeWaiter = () => news.abort();
    const either = AbortSignal.any([news.signal, stopping.signal]);
    return pause(DEATH_NEWS_MILLIS, clock, either);
  }

  function settleAbsent(wasReadToEnd: boolean): void {
    if (overflow.isOpen()) sayLost(overflow.giveUp());
    else if (!wasReadToEnd) {
      sayUnknownGap("the container was removed before its log could be read to the end");
    }
    while (runs[0]?.end !== undefined) options.onRunRead(runs[0]);
  }

  async function readAll(): Promise<void> {
    let pauseMillis = FIRST_PAUSE_MILLIS;
    let wasReadToEnd = false;
    while (runs.length > 0 && !stopping.signal.aborted) {
      const end = await readOnce(true);
      if (end.status === "aborted") return;
      if (end.status === "again") continue;
      if (end.status === "ended") {
        wasReadToEnd = await settleEnd();
        if (wasReadToEnd) {
          pauseMillis = FIRST_PAUSE_MILLIS;
          continue;
        }
      } else if (end.status === "absent") {
        if (runs[0]?.end === undefined) await options.refresh();
        settleAbsent(wasReadToEnd);
      } else {
        wasReadToEnd = false;
        options.onTrouble(end.message);
      }
      if (runs.length === 0) return;
      await pause(pauseMillis, clock, stopping.signal);
      pauseMillis = Math.min(pauseMillis * 2, MAX_PAUSE_MILLIS);
    }
  }

  function wake(): void {
    wakeWaiter();
    if (loop !== undefined || runs.length === 0 || stopping.signal.aborted) return;
    loop = readAll().finally(() => {
      loop = undefined;
      // A run may have begun while the last one was being settled.
      wake();
    });
  }

  return {
    wake,
    async stop() {
      stopping.abort();
      await loop;
    },
  };
}

function isPastEnd(run: Run | undefined, line: RawLine): boolean {
  return run?.end !== undefined && compareTimes(line.time, run.end.time) > 0;
}

function sinceOf(
  places: Readonly<Partial<Record<Stream, Anchor>>>,
  firstSince: Time | undefined,
): { since?: string } {
  const times = Object.values(places).map((anchor) => anchor.time);
  const [earliest] = times.toSorted(compareTimes);
  // Where one stream has no place yet, all of it is new, however old.
  if (earliest !== undefined && times.length === 2) {
    return { since: sinceText(earliest, MARGIN_SECONDS) };
  }
  return firstSince === undefined ? {} : { since: sinceText(firstSince, 0) };
}
