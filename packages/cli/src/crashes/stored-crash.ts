import { CRASH_FIELD, isVerdict, LOKI_LABEL, type Verdict } from "@sightline/core";
import type { LogEntry } from "../query/loki.ts";

/** A crash record as Loki keeps it; what its sender left out is undefined. */
export interface StoredCrash {
  readonly crashId: string;
  readonly service: string;
  readonly environment: string | undefined;
  readonly host: string | undefined;
  readonly source: string | undefined;
  readonly run: number | undefined;
  readonly verdict: Verdict;
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
  readonly planned: boolean;
  readonly restartLoop: boolean;
  readonly recentDeaths: number | undefined;
  /** Unix milliseconds. */
  readonly startedAt: number | undefined;
  /** Unix milliseconds. */
  readonly diedAt: number;
  readonly evidence: string | undefined;
  readonly exceptionType: string | undefined;
  readonly exceptionMessage: string | undefined;
  readonly lastLine: string | undefined;
  readonly fp: string | undefined;
  readonly release: string | undefined;
  readonly containerId: string | undefined;
  readonly containerName: string | undefined;
  readonly memoryBytes: number | undefined;
  readonly memoryLimitBytes: number | undefined;
  readonly cpuCores: number | undefined;
  /** Unix nanoseconds under which it is stored. */
  readonly timeNanos: string;
}

/** Resource attributes as Loki spells them. */
const CONTAINER_ID = "container_id";
const CONTAINER_NAME = "container_name";

export function readCrash({ fields, timeNanos }: LogEntry): StoredCrash {
  const text = (name: string): string | undefined => fields[name] || undefined;
  const number = (name: string): number | undefined => {
    const value = Number(fields[name] || Number.NaN);
    return Number.isFinite(value) ? value : undefined;
  };
  const verdict = text(CRASH_FIELD.verdict) ?? "";
  return {
    // A record without an id can still be shown by its time, which hardly two have in common.
    crashId: text(CRASH_FIELD.crashId) ?? timeNanos,
    service: text(LOKI_LABEL.serviceName) ?? "unknown",
    environment: text(LOKI_LABEL.deploymentEnvironmentName),
    host: text(LOKI_LABEL.hostName),
    source: text(CRASH_FIELD.source),
    run: number(CRASH_FIELD.run),
    verdict: isVerdict(verdict) ? verdict : "unknown",
    exitCode: number(CRASH_FIELD.exitCode),
    signal: text(CRASH_FIELD.signal),
    planned: text(CRASH_FIELD.planned) === "true",
    restartLoop: text(CRASH_FIELD.restartLoop) === "true",
    recentDeaths: number(CRASH_FIELD.recentDeaths),
    startedAt: number(CRASH_FIELD.startedAt),
    diedAt: number(CRASH_FIELD.diedAt) ?? Number(BigInt(timeNanos) / 1_000_000n),
    evidence: text(CRASH_FIELD.evidence),
    exceptionType: text(CRASH_FIELD.exceptionType),
    exceptionMessage: text(CRASH_FIELD.exceptionMessage),
    lastLine: text(CRASH_FIELD.lastLine),
    fp: text(CRASH_FIELD.fp),
    release: text(CRASH_FIELD.release),
    containerId: text(CONTAINER_ID),
    containerName: text(CONTAINER_NAME),
    memoryBytes: number(CRASH_FIELD.memoryBytes),
    memoryLimitBytes: number(CRASH_FIELD.memoryLimitBytes),
    cpuCores: number(CRASH_FIELD.cpuCores),
    timeNanos,
  };
}

/** Neither asked for nor a good end. */
export function isCrash(crash: StoredCrash): boolean {
  return !crash.planned && crash.verdict !== "clean";
}
