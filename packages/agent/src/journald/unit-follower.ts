import type { Cancel, Clock } from "@sightline/wire";
import type { Time } from "../sources/line.ts";
import type { SourceSink } from "../sources/source-sink.ts";
import { createExportParser, type JournalFields } from "./export-parser.ts";
import { type JournalPosition, parseEntry, parsePosition } from "./journal-line.ts";
import { endedText, notStartedText, problemIn } from "./journal-problem.ts";
import {
  checkCursor,
  followUnit,
  type JournalAccess,
  type Journalctl,
  type JournalStart,
} from "./journalctl.ts";

const FIRST_RESTART_MILLIS = 1_000;
const LAST_RESTART_MILLIS = 60_000;
/** After so long a stop the journal may have gone on past what was read. */
const LONG_PAUSE_MILLIS = 30_000;
const MAX_STDERR_CHARACTERS = 2_000;

const CURSOR_REFUSED = /Failed to (?:seek to|test) cursor/;

export interface UnitFollowerOptions {
  readonly unit: string;
  readonly sink: SourceSink;
  readonly access: JournalAccess;
  readonly clock: Clock;
  /** The newest place that any unit was read up to: nothing before it can be missing. */
  newestPosition(): JournalPosition | undefined;
  log(text: string): void;
}

export interface UnitFollower {
  position(): JournalPosition | undefined;
  isRunning(): boolean;
  start(): void;
  stop(): Promise<void>;
}

/** Follows one unit with a journalctl of its own: its own place, its own pace. */
export function createUnitFollower(options: UnitFollowerOptions): UnitFollower {
  const { unit, sink, access, clock } = options;
  let position = parsePosition(sink.resumePosition("stdout"));
  let child: Journalctl | undefined;
  let closed: Promise<void> = Promise.resolve();
  let cancelRestart: Cancel = () => {};
  let failures = 0;
  let isStopped = false;
  let lastSaid = "";
  let goneCursor: string | undefined;
  /** Its cursor is refused: entries up to its time are skipped. */
  let refused: JournalPosition | undefined;

  function say(text: string): void {
    if (text !== lastSaid) options.log(text);
    lastSaid = text;
  }

  function takeEntry(fields: JournalFields): void {
    const line = parseEntry(fields, position?.time);
    if (!line || (refused && isUpTo(line.time, refused.time))) return;
    refused = undefined;
    const next = parsePosition(line.position);
    // Reading starts at the entry that was the last.
    if (next?.cursor === position?.cursor) return;
    position = next;
    failures = 0;
    lastSaid = "";
    sink.push(line);
  }

  async function tellGap(since: JournalPosition | undefined): Promise<void> {
    if (!since || since.cursor === goneCursor) return;
    if ((await checkCursor(access, since.cursor)) !== "gone") return;
    goneCursor = since.cursor;
    sink.gap({
      reason: "source_rotated",
      lines: undefined,
      detail: `the journal no longer goes back to what was last read; entries of "${unit}" may be missing`,
    });
  }

  /** Reads no further until there is room: the pipe fills and journalctl waits. */
  function holdBack(started: Journalctl): void {
    const room = sink.room();
    if (!room) return;
    started.stdout.pause();
    const pausedMillis = clock.now();
    const goOn = async (): Promise<void> => {
      if (clock.now() - pausedMillis > LONG_PAUSE_MILLIS) await tellGap(position);
      if (!isStopped) started.stdout.resume();
    };
    void room.then(goOn, goOn);
  }

  async function begin(): Promise<void> {
    await tellGap(options.newestPosition());
    if (isStopped) return;
    const started = followUnit(access, unit, startOf(position, refused));
    child = started;
    let stderr = "";
    let startError: NodeJS.ErrnoException | undefined;
    const parser = createExportParser(takeEntry);
    started.stdout.on("data", (chunk: Buffer) => {
      if (isStopped) return;
      parser.push(chunk);
      holdBack(started);
    });
    started.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr = (stderr + text).slice(-MAX_STDERR_CHARACTERS);
      const problem = problemIn(unit, stderr);
      if (problem) say(problem);
    });
    await new Promise<void>((resolve) => {
      started.on("error", (error) => {
        startError = error;
        // A program that did not start never closes.
        if (started.pid === undefined) resolve();
      });
      started.on("close", (code, signal) => {
        if (!isStopped && !problemIn(unit, stderr) && !startError) {
          say(endedText(unit, `ended with ${signal ?? `code ${code}`}`, stderr));
        }
        resolve();
      });
    });
    child = undefined;
    if (isStopped) return;
    if (CURSOR_REFUSED.test(stderr)) refused = position;
    if (startError) {
      say(notStartedText(unit, access.program, startError.code));
      failures = 7;
    }
    restartLater();
  }

  function restartLater(): void {
    const delayMillis = Math.min(LAST_RESTART_MILLIS, FIRST_RESTART_MILLIS * 2 ** failures);
    failures++;
    cancelRestart = clock.after(delayMillis, start);
  }

  function start(): void {
    closed = begin().catch((error: unknown) => {
      say(`following the journal of "${unit}": ${String(error)}; it is started again`);
      child?.kill();
      if (!isStopped) restartLater();
    });
  }

  return {
    position: () => position,
    isRunning: () => child !== undefined,
    start,
    async stop() {
      isStopped = true;
      cancelRestart();
      child?.kill();
      child?.stdout.resume();
      await closed;
    },
  };
}

function startOf(
  position: JournalPosition | undefined,
  refused: JournalPosition | undefined,
): JournalStart {
  if (refused) return { from: "time", position: refused };
  return position ? { from: "cursor", position } : { from: "history" };
}

function isUpTo(time: Time, last: Time): boolean {
  return time[0] < last[0] || (time[0] === last[0] && micros(time) <= micros(last));
}

function micros(time: Time): number {
  return Math.floor(time[1] / 1_000);
}
