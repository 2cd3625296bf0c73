import { type CrashRecord, crashId, SEVERITY, toAttributes } from "@sightline/core";
import type { LogEntry } from "../lines/log-entry.ts";
import { describeCrash } from "./crash-text.ts";
import type { Death } from "./death.ts";
import { oneLine } from "./one-line.ts";
import { redactLines } from "./redact-lines.ts";

/** Takes secrets out of a text: `createRedactor(…).text`. */
export type RedactText = (text: string) => string;

const MAX_EVIDENCE_LENGTH = 2_000;
const MAX_MESSAGE_LENGTH = 300;
const MAX_TYPE_LENGTH = 200;
const MAX_LINE_LENGTH = 300;

/** The record of a death, redacted. The same death gives the same record. */
export function toCrashRecord(death: Death, redact: RedactText): CrashRecord {
  const { facts, judgement, recent } = death;
  const evidence = oneLine(redact(judgement.evidence), MAX_EVIDENCE_LENGTH);
  const lines = redactLines(death.lines, redact);
  const exceptionText = judgement.exception && redact(judgement.exception.text);
  const lastLine = lines.findLast(({ text }) => text.trim() !== "")?.text;
  return {
    kind: "crash",
    timeMillis: facts.diedAtMillis,
    body: describeCrash(death, evidence, exceptionText, lines),
    crashId: crashId({
      kind: "container",
      containerId: death.containerId,
      startedAt: facts.startedAtMillis,
    }),
    source: "agent",
    run: death.run,
    ...(facts.exitCode !== undefined && { exitCode: facts.exitCode }),
    ...(judgement.signal !== undefined && { signal: judgement.signal }),
    verdict: judgement.verdict,
    evidence,
    startedAt: facts.startedAtMillis,
    diedAt: facts.diedAtMillis,
    ...(judgement.planned && { planned: true }),
    ...(recent.restartLoop && { restartLoop: true }),
    ...(recent.recentDeaths > 0 && { recentDeaths: recent.recentDeaths }),
    ...loadOf(death),
    ...exceptionOf(death, redact),
    ...(lastLine !== undefined && { lastLine: oneLine(lastLine, MAX_LINE_LENGTH) }),
    ...(death.release !== undefined && { release: death.release }),
  };
}

/** The same as an entry for the shipper: FATAL, or INFO where somebody asked for it or all was well. */
export function toDeathEntry(death: Death, redact: RedactText): LogEntry {
  const record = toCrashRecord(death, redact);
  const isCrash = !record.planned && record.verdict !== "clean";
  const seconds = Math.floor(record.diedAt / 1_000);
  return {
    time: [seconds, Math.round((record.diedAt - seconds * 1_000) * 1e6)],
    body: record.body,
    severityNumber: isCrash ? SEVERITY.FATAL : SEVERITY.INFO,
    severityText: isCrash ? "FATAL" : "INFO",
    attributes: toAttributes(record),
    lines: 0,
  };
}

function loadOf({ facts, cpuCores }: Death): Partial<CrashRecord> {
  const { memory } = facts;
  return {
    ...(memory !== undefined && { memoryBytes: memory.bytes }),
    ...(memory?.limitBytes !== undefined && { memoryLimitBytes: memory.limitBytes }),
    ...(cpuCores !== undefined && { cpuCores: Math.round(cpuCores * 1_000) / 1_000 }),
  };
}

function exceptionOf({ judgement }: Death, redact: RedactText): Partial<CrashRecord> {
  const { exception } = judgement;
  if (exception === undefined) return {};
  return {
    exceptionType: oneLine(exception.type, MAX_TYPE_LENGTH),
    exceptionMessage: oneLine(redact(exception.message), MAX_MESSAGE_LENGTH),
    ...(exception.fp !== undefined && { fp: exception.fp }),
    ...(exception.template !== undefined && { fpTemplate: exception.template }),
  };
}
