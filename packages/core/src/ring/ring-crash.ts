import { RESOURCE } from "../conventions.ts";
import { formatDuration } from "../duration.ts";
import { fingerprint } from "../fingerprint/fingerprint.ts";
import { parseStack } from "../fingerprint/parse-stack.ts";
import { type CrashLine, formatCrashLines } from "../records/crash-body.ts";
import { type CrashRecord, crashId } from "../records/crash-record.ts";
import { describeDeath } from "../records/describe-death.ts";
import type { Ring } from "./decode-ring.ts";
import type { RingFatal, RingJudgement } from "./ring-content.ts";
import { describeHeartbeat, oneLine } from "./ring-evidence.ts";
import { type RingLine, toCrashLine } from "./ring-lines.ts";

/** As the agent counts a restart loop: three deaths in ten minutes. */
const LOOP_DEATHS = 3;
const MAX_LINES_CHARACTERS = 65_536;
const MAX_STACK_CHARACTERS = 16_384;
const MAX_MESSAGE_LENGTH = 300;
const MAX_TYPE_LENGTH = 200;
const MAX_LINE_LENGTH = 300;

/**
 * The record of a death as the process itself left it behind. The same ring and judgement give the
 * same record, byte for byte: who finds the ring again sends nothing new.
 *
 * @param lines the last ones, oldest first.
 */
export function toRingCrash(
  ring: Ring,
  judgement: RingJudgement,
  lines: readonly RingLine[],
): CrashRecord {
  const { facts, heartbeat, exit } = ring;
  const { verdict, evidence, planned, diedAt, recentDeaths = 0 } = judgement;
  const release = facts.resourceAttributes[RESOURCE.serviceVersion];
  const lastLine = lines.findLast(({ record }) => record.body.trim() !== "")?.record.body;
  const fatal = verdict === "uncaught" || verdict === "rejection" ? ring.fatal : undefined;
  return {
    kind: "crash",
    timeMillis: diedAt,
    body: describeRingCrash(ring, judgement, lines),
    crashId: ringCrashId(ring),
    source: "process",
    run: facts.run,
    ...(exit?.code !== undefined && { exitCode: exit.code }),
    ...(exit?.isRaised === true && exit.askedBy !== undefined && { signal: exit.askedBy }),
    verdict,
    evidence,
    startedAt: facts.startedAt,
    diedAt,
    ...(planned && { planned: true }),
    ...(recentDeaths >= LOOP_DEATHS && { restartLoop: true }),
    ...(recentDeaths > 0 && { recentDeaths }),
    ...(heartbeat !== undefined && {
      memoryBytes: heartbeat.cgroupBytes ?? heartbeat.rssBytes,
      ...(heartbeat.cgroupLimitBytes !== undefined && {
        memoryLimitBytes: heartbeat.cgroupLimitBytes,
      }),
    }),
    ...(fatal !== undefined && exceptionOf(fatal)),
    ...(lastLine !== undefined && { lastLine: oneLine(lastLine, MAX_LINE_LENGTH) }),
    ...(release !== undefined && { release }),
  };
}

/** Id of the run that wrote a ring. */
export function ringCrashId({ facts }: Ring): string {
  const { containerId, hostName, pid, startedAt } = facts;
  return containerId === undefined
    ? crashId({ kind: "host", hostName, pid, startedAt })
    : crashId({ kind: "container", containerId, startedAt });
}

function exceptionOf({ type, message, stack }: RingFatal): Partial<CrashRecord> {
  const { frames } = parseStack(stack);
  const { fp, template } = fingerprint({ type, message, frames });
  return {
    exceptionType: oneLine(type, MAX_TYPE_LENGTH),
    exceptionMessage: oneLine(message, MAX_MESSAGE_LENGTH),
    fp,
    fpTemplate: template,
  };
}

/** Headline, evidence, last heartbeat, exception, last lines: one readable block. */
export function describeRingCrash(
  ring: Ring,
  judgement: RingJudgement,
  lines: readonly RingLine[],
): string {
  const total = Math.max(ring.heartbeat?.lastNumber ?? 0, ring.frames.at(-1)?.number ?? 0);
  const summary = describeRingDeath(ring, judgement);
  return `${summary}\n\n${formatCrashLines(newestWithin(lines.map(toCrashLine)), total)}`;
}

/** All of it but the lines. */
export function describeRingDeath(ring: Ring, judgement: RingJudgement): string {
  const { heartbeat, fatal, lappedLines, damagedLines } = ring;
  const { recentDeaths = 0 } = judgement;
  const rows = [headline(ring, judgement), `Evidence: ${judgement.evidence}`];
  if (recentDeaths >= LOOP_DEATHS) {
    rows.push(`Restart loop: ${recentDeaths} deaths in the last 10 minutes`);
  }
  if (heartbeat !== undefined) {
    const age = formatDuration(Math.max(0, judgement.diedAt - heartbeat.at));
    rows.push(`Last heartbeat, ${age} before the end: ${describeHeartbeat(heartbeat)}`);
  }
  const lost = lappedLines + damagedLines;
  if (lost > 0) rows.push(`Lost: ${describeLost(lappedLines, damagedLines)}`);
  if (fatal !== undefined && judgement.verdict === fatal.origin) {
    // Indented: nothing in it can pass for the heading of the lines.
    const text = fatal.stack === "" ? `${fatal.type}: ${fatal.message}` : fatal.stack;
    rows.push(`Exception:\n${indent(text.slice(0, MAX_STACK_CHARACTERS))}`);
  }
  return rows.join("\n");
}

function describeLost(lappedLines: number, damagedLines: number): string {
  const parts = [
    lappedLines > 0 && `${lappedLines} unsent lines did not fit into the ring`,
    damagedLines > 0 && `${damagedLines} lines in it cannot be read`,
  ];
  return parts.filter(Boolean).join(", ");
}

/** `web died: out of memory, probably (run 4, after 3m 12s)`, as the agent writes it. */
function headline({ facts, exit }: Ring, { verdict, planned, diedAt }: RingJudgement): string {
  const words = describeDeath({
    verdict,
    planned,
    ...(exit?.code !== undefined && { exitCode: exit.code }),
  });
  const uptime = formatDuration(Math.max(0, diedAt - facts.startedAt));
  const isSentence = /^(?:died|ended|stopped) /.test(words);
  const how = isSentence ? words : `${planned ? "ended" : "died"}: ${words}`;
  return `${facts.serviceName} ${how} (run ${facts.run}, after ${uptime})`;
}

function indent(text: string): string {
  return text
    .trimEnd()
    .split(/\r\n|[\n\r]/)
    .map((line) => `  ${line}`)
    .join("\n");
}

function newestWithin(lines: readonly CrashLine[]): CrashLine[] {
  let room = MAX_LINES_CHARACTERS;
  let from = lines.length;
  while (from > 0) {
    room -= (lines[from - 1] as CrashLine).text.length;
    if (room < 0) break;
    from -= 1;
  }
  return lines.slice(from);
}
