import { describeDeath, formatDuration } from "@sightline/core";
import { isCrash, type StoredCrash } from "../crashes/stored-crash.ts";
import { cleanLine, cutLine } from "./clean-text.ts";
import { formatLocalTime } from "./local-time.ts";
import { type Painter, renderTable, type Style } from "./style.ts";

/** Past this, a restart loop of the newest record is over, as far as anybody knows. */
const LOOP_IS_NOW_MILLIS = 600_000;
const MIN_WHAT_LENGTH = 20;
const HEAD = ["when", "service", "run", "verdict", "exit", "after", "what it said", "crash id"];

export interface CrashListOptions {
  readonly paint: Painter;
  /** Width of the reader's terminal. */
  readonly columns: number;
}

/** A table with one line per death, newest first. */
export function renderCrashes(
  crashes: readonly StoredCrash[],
  { paint, columns }: CrashListOptions,
): string {
  const room = columns - widthWithoutWords(crashes);
  const rows = crashes.map((crash) => rowOf(crash, paint, Math.max(room, MIN_WHAT_LENGTH)));
  return renderTable([HEAD.map((cell) => paint("dim", cell)), ...rows]);
}

function rowOf(crash: StoredCrash, paint: Painter, room: number): string[] {
  return [
    paint("dim", formatLocalTime(crash.diedAt).slice(0, 19)),
    paint("cyan", cleanLine(crash.service)),
    crash.run === undefined ? "-" : String(crash.run),
    paint(styleOf(crash), wordsOf(crash)),
    crash.exitCode === undefined ? "-" : String(crash.exitCode),
    formatUptime(crash),
    cutLine(whatItSaid(crash), room),
    cleanLine(crash.crashId),
  ];
}

function widthWithoutWords(crashes: readonly StoredCrash[]): number {
  const plain: Painter = (_, text) => text;
  const head = HEAD.map((cell) => (cell === "what it said" ? "" : cell));
  const rows = crashes.map((crash) => rowOf(crash, plain, 0));
  return Math.max(
    ...renderTable([head, ...rows])
      .split("\n")
      .map((row) => row.length),
  );
}

export function wordsOf(crash: StoredCrash): string {
  const { verdict, planned, exitCode, signal } = crash;
  return describeDeath({
    verdict,
    planned,
    ...(exitCode !== undefined && { exitCode }),
    ...(signal !== undefined && { signal: cleanLine(signal) }),
  });
}

export function styleOf(crash: StoredCrash): Style {
  if (!isCrash(crash)) return "dim";
  return crash.verdict === "unknown" || crash.verdict === "killed" ? "yellow" : "red";
}

export function formatUptime({ startedAt, diedAt }: StoredCrash): string {
  return startedAt === undefined ? "-" : formatDuration(Math.max(0, diedAt - startedAt));
}

function whatItSaid({ exceptionType, exceptionMessage, lastLine }: StoredCrash): string {
  const exception = [exceptionType, exceptionMessage].filter(Boolean).join(": ");
  return cleanLine(exception || lastLine || "").trim();
}

export interface CrashCount {
  /** All that were found; the list may show fewer. */
  readonly crashes: readonly StoredCrash[];
  readonly shown: number;
  readonly isCut: boolean;
  readonly nowMillis: number;
}

/** `6 crashes of 2 services; web is in a restart loop` */
export function summarizeCrashes({ crashes, shown, isCut, nowMillis }: CrashCount): string {
  const services = new Set(crashes.map(({ service }) => service));
  const word = crashes.every(isCrash) ? ["crash", "crashes"] : ["death", "deaths"];
  const total = crashes.length;
  const parts = [
    `${isCut ? "more than " : ""}${total} ${word[total === 1 ? 0 : 1]} of ${services.size} ${services.size === 1 ? "service" : "services"}${shown < total ? `, the newest ${shown} shown` : ""}`,
  ];
  const looping = [...services].filter((service) => isLooping(crashes, service, nowMillis));
  if (looping.length > 0) {
    const names = looping.map(cleanLine).join(", ");
    parts.push(`${names} ${looping.length === 1 ? "is" : "are"} in a restart loop`);
  }
  return parts.join("; ");
}

function isLooping(crashes: readonly StoredCrash[], service: string, nowMillis: number): boolean {
  const newest = crashes.find((crash) => crash.service === service && isCrash(crash));
  return newest?.restartLoop === true && nowMillis - newest.diedAt < LOOP_IS_NOW_MILLIS;
}
