import type { Clock } from "@sightline/wire";
import type { DockerClient } from "../docker/docker-client.ts";
import { pause } from "../pause.ts";
import type { Time } from "../sources/line.ts";
import { createLogCursor } from "./log-cursor.ts";
import { type OpenedLog, type PassEnd, readPass } from "./log-pass.ts";
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

/** Reads the log of one container, over its runs, each line once. */
export interface LogReader {
  /** There may be something to read, or news of a death. */
  wake(): void;
  stop(): Promise<void>;
}

const FIRST_PAUSE_MILLIS = 100;
const MAX_PAUSE_MILLIS = 5_000;
/** Docker ends the stream a moment before it says that the container died. */
const DEATH_NEWS_MILLIS = 2_000;
/** With growing pauses half a minute: an engine that restarts kills containers and is away. */
const MAX_REST_FAILURES = 12;

export function createLogReader(options: LogReaderOptions): LogReader {
  const { client, id, clock, runs, firstSince } = options;
  const stopping = new AbortController();
  const cursor = createLogCursor(options);
  let loop: Promise<void> | undefined;
  let wakeWaiter = (): void => {};
  let { opened } = options;

  function read(follow: boolean): Promise<PassEnd> {
    const first = opened;
    opened = undefined;
    return readPass({
      client,
      id,
      clock,
      cursor,
      follow,
      firstSince,
      opened: first,
      freshRunUnixMillis: startOfFresh(runs[0]),
      stopping: stopping.signal,
      room: () => runs[0]?.sink.room(),
    });
  }

  async function readAll(): Promise<void> {
    let pauseMillis = FIRST_PAUSE_MILLIS;
    while (runs.length > 0 && !stopping.signal.aborted) {
      const end = await read(true);
      if (end.status === "aborted") return;
      if (end.status === "again") continue;
      if (end.status === "ended") {
        if (await settleEnd()) {
          pauseMillis = FIRST_PAUSE_MILLIS;
          continue;
        }
      } else if (end.status === "absent") {
        await settleAbsent();
      } else if (end.status === "unreadable") {
        options.onTrouble(end.message);
        await settleUnreadable();
      } else {
        options.onTrouble(end.message);
        if (end.status === "damaged") skipDamage(end.message);
        if (runs[0]?.end !== undefined && end.status === "damaged") options.onRunRead(runs[0]);
      }
      if (runs.length === 0) return;
      await pause(pauseMillis, clock, stopping.signal);
      pauseMillis = Math.min(pauseMillis * 2, MAX_PAUSE_MILLIS);
    }
  }

  /** The log was read to its end: hands on what has ended. False: it seems to be alive. */
  async function settleEnd(): Promise<boolean> {
    const [run] = runs;
    if (run === undefined) return true;
    if (run.end === undefined) await newsOfDeath();
    if (run.end === undefined) await options.refresh();
    if (run.end === undefined) return false;
    await readRest(run);
    // What is left is read by the next process of the agent, which must find the run open.
    if (stopping.signal.aborted) return false;
    if (runs[0] === run) options.onRunRead(run);
    return true;
  }

  /** Engines before 23 may end the stream of a dying container before the end of its log. */
  async function readRest({ end: died }: Run): Promise<void> {
    // The next run may write already; that is read with it.
    cursor.limit(died?.isHindsight === false ? died.time : undefined);
    let pauseMillis = FIRST_PAUSE_MILLIS;
    for (let failures = 0; failures < MAX_REST_FAILURES && !stopping.signal.aborted; ) {
      const end = await read(false);
      if (end.status === "again") continue;
      if (end.status === "damaged") skipDamage(end.message);
      if (end.status !== "broken") {
        cursor.limit(undefined);
        return;
      }
      failures += 1;
      await pause(pauseMillis, clock, stopping.signal);
      pauseMillis = Math.min(pauseMillis * 2, MAX_PAUSE_MILLIS);
    }
    cursor.limit(undefined);
    if (!stopping.signal.aborted) cursor.sayUnknownGap("its log could not be read to the end");
  }

  async function settleAbsent(): Promise<void> {
    if (runs[0]?.end === undefined) await options.refresh();
    if (cursor.overflow.isOpen()) cursor.giveUp();
    else {
      cursor.sayUnknownGap("the container was removed before its log could be read to the end");
    }
    while (runs[0]?.end !== undefined) options.onRunRead(runs[0]);
  }

  /** Nothing can be read; the deaths are still told. */
  async function settleUnreadable(): Promise<void> {
    if (runs[0]?.end === undefined) await newsOfDeath();
    while (runs[0]?.end !== undefined) options.onRunRead(runs[0]);
  }

  /** Behind a place that Docker cannot read, only what is written from now on can be had. */
  function skipDamage(message: string): void {
    cursor.sayDamage(`Docker cannot read its log any further: ${message}`);
    cursor.skipTo([Math.floor(clock.now() / 1000), 0]);
  }

  function newsOfDeath(): Promise<void> {
    const news = new AbortController();
    wakeWaiter = () => news.abort();
    return pause(DEATH_NEWS_MILLIS, clock, AbortSignal.any([news.signal, stopping.signal]));
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

/** When a run began of which no line was read yet. */
function startOfFresh(run: Run | undefined): number | undefined {
  const isFresh = run !== undefined && !run.isResumed && run.tail.total() === 0;
  return isFresh ? run.startedUnixMillis : undefined;
}
