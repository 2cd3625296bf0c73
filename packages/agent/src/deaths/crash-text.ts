import { type CrashLine, describeDeath, formatCrashLines, formatDuration } from "@sightline/core";
import type { Time } from "../sources/line.ts";
import type { Death } from "./death.ts";
import { formatMemory } from "./memory-text.ts";
import type { TailLine } from "./tail.ts";

/** Of 256 kB that the store takes; the rest is left for what is added on the way. */
const MAX_BODY_BYTES = 200_000;
const MAX_SUMMARY_BYTES = 60_000;
/** The last moment that RFC 3339 can write. */
const MAX_SECONDS = 253_402_300_799;

/**
 * The body of a crash record, one readable block: headline, evidence, state, exception with its
 * stack, last lines. Where it must be cut, the newest lines stay.
 *
 * @param lines and `exceptionText`: already redacted.
 */
export function describeCrash(
  death: Death,
  evidence: string,
  exceptionText: string | undefined,
  lines: readonly TailLine[],
): string {
  const summary = cutBytes(
    [
      headline(death),
      `Evidence: ${evidence}`,
      ...describeLoop(death),
      ...describeLoad(death),
      // Indented: nothing in it can pass for the heading of the lines.
      ...(exceptionText ? [`Exception:\n${indent(exceptionText)}`] : []),
    ].join("\n"),
    MAX_SUMMARY_BYTES,
  );
  const room = MAX_BODY_BYTES - Buffer.byteLength(summary);
  const kept = newestWithin(lines.map(toCrashLine), room);
  return `${summary}\n\n${formatCrashLines(kept, death.totalLines)}`;
}

/** `web died: out of memory, proven (run 4, after 3m 12s)` */
function headline({ service, run, facts, judgement }: Death): string {
  const { verdict, planned, signal } = judgement;
  const words = describeDeath({
    verdict,
    planned,
    ...(signal !== undefined && { signal }),
    ...(facts.exitCode !== undefined && { exitCode: facts.exitCode }),
  });
  const uptime = formatDuration(Math.max(0, facts.diedAtMillis - facts.startedAtMillis));
  const isSentence = /^(?:died|ended|stopped) /.test(words);
  const how = isSentence ? words : `${planned ? "ended" : "died"}: ${words}`;
  return `${service} ${how} (run ${run}, after ${uptime})`;
}

function describeLoop({ recent }: Death): string[] {
  return recent.restartLoop
    ? [`Restart loop: ${recent.recentDeaths} deaths in the last 10 minutes`]
    : [];
}

function describeLoad({ facts, cpuCores }: Death): string[] {
  const { memory } = facts;
  const parts = [
    memory && `memory ${formatMemory(memory.bytes, memory.limitBytes)}`,
    cpuCores !== undefined && `CPU ${cpuCores.toFixed(2)} cores`,
  ].filter(Boolean);
  return parts.length > 0 ? [`Last minute: ${parts.join(", ")}`] : [];
}

function indent(text: string): string {
  return text
    .trimEnd()
    .split(/\r\n|[\n\r]/)
    .map((line) => `  ${line}`)
    .join("\n");
}

function toCrashLine({ time, stream, text }: TailLine): CrashLine {
  return { time: toIsoTime(time), stream, text };
}

function toIsoTime([seconds, nanos]: Time): string {
  const within = Math.min(Math.max(seconds, 0), MAX_SECONDS);
  return new Date(within * 1_000 + Math.floor(nanos / 1e6)).toISOString();
}

function newestWithin(lines: readonly CrashLine[], maxBytes: number): CrashLine[] {
  let room = maxBytes - 100;
  let from = lines.length;
  while (from > 0) {
    room -= Buffer.byteLength(formatCrashLines([lines[from - 1] as CrashLine], 1));
    if (room < 0) break;
    from -= 1;
  }
  return lines.slice(from);
}

function cutBytes(text: string, maxBytes: number): string {
  if (Buffer.byteLength(text) <= maxBytes) return text;
  const kept = Buffer.from(text)
    .subarray(0, maxBytes)
    .toString("utf8")
    .replace(/\uFFFD$/, "");
  return `${kept}\n  [the rest of ${Buffer.byteLength(text)} bytes was cut]`;
}
