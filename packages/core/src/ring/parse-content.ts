import { isVerdict } from "../records/verdict.ts";
import type {
  RingCgroup,
  RingExit,
  RingFacts,
  RingFatal,
  RingHeartbeat,
  RingJudgement,
  RingSettled,
} from "./ring-content.ts";

/** The JSON of a ring file. What is not as it should be is undefined; nothing here throws. */

export function parseFacts(text: string): RingFacts | undefined {
  const object = parseObject(text);
  const serviceName = textOf(object, "serviceName");
  const pid = numberOf(object, "pid");
  const startedAt = numberOf(object, "startedAt");
  if (serviceName === undefined || pid === undefined || startedAt === undefined) return undefined;
  return {
    serviceName,
    resourceAttributes: textsOf(object?.["resourceAttributes"]),
    pid,
    hostName: textOf(object, "hostName") ?? "",
    containerId: textOf(object, "containerId"),
    startedAt,
    bootId: textOf(object, "bootId"),
    nodeVersion: textOf(object, "nodeVersion") ?? "",
    run: numberOf(object, "run") ?? 1,
    cgroup: parseCgroup(object?.["cgroup"]),
    keepsLines: object?.["keepsLines"] !== false,
    reportsFatalErrors: object?.["reportsFatalErrors"] === true,
  };
}

function parseCgroup(value: unknown): RingCgroup | undefined {
  const object = asObject(value);
  const path = textOf(object, "path");
  if (path === undefined) return undefined;
  return {
    path,
    memoryLimitBytes: numberOf(object, "memoryLimitBytes"),
    oomKills: numberOf(object, "oomKills"),
  };
}

export function parseHeartbeat(text: string): RingHeartbeat | undefined {
  const object = parseObject(text);
  const at = numberOf(object, "at");
  if (at === undefined) return undefined;
  return {
    at,
    uptimeMillis: numberOf(object, "uptimeMillis") ?? 0,
    rssBytes: numberOf(object, "rssBytes") ?? 0,
    heapUsedBytes: numberOf(object, "heapUsedBytes") ?? 0,
    heapLimitBytes: numberOf(object, "heapLimitBytes") ?? 0,
    eventLoopUtilization: numberOf(object, "eventLoopUtilization"),
    inFlightRequests: numberOf(object, "inFlightRequests"),
    cgroupBytes: numberOf(object, "cgroupBytes"),
    cgroupLimitBytes: numberOf(object, "cgroupLimitBytes"),
    oomKills: numberOf(object, "oomKills"),
    lastNumber: numberOf(object, "lastNumber") ?? 0,
  };
}

export function parseFatal(text: string): RingFatal | undefined {
  const object = parseObject(text);
  const origin = object?.["origin"];
  const at = numberOf(object, "at");
  if (at === undefined || (origin !== "uncaught" && origin !== "rejection")) return undefined;
  return {
    origin,
    at,
    uptimeMillis: numberOf(object, "uptimeMillis") ?? 0,
    type: textOf(object, "type") ?? "Error",
    message: textOf(object, "message") ?? "",
    stack: textOf(object, "stack") ?? "",
  };
}

export function parseExit(text: string): RingExit | undefined {
  const object = parseObject(text);
  if (object === undefined) return undefined;
  return {
    askedBy: textOf(object, "askedBy"),
    askedAt: numberOf(object, "askedAt"),
    askedUptimeMillis: numberOf(object, "askedUptimeMillis"),
    isRaised: object["isRaised"] === true,
    code: numberOf(object, "code"),
    at: numberOf(object, "at"),
  };
}

export function parseSettled(text: string): RingSettled | undefined {
  const object = parseObject(text);
  const through = numberOf(object, "through");
  if (through === undefined || through < 0) return undefined;
  const ranges = object?.["ranges"];
  return { through, ranges: Array.isArray(ranges) ? ranges.filter(isRange) : [] };
}

function isRange(value: unknown): value is [number, number] {
  return (
    Array.isArray(value) && value.length === 2 && value.every((end) => Number.isSafeInteger(end))
  );
}

export function parseJudgement(text: string): RingJudgement | undefined {
  const object = parseObject(text);
  const verdict = textOf(object, "verdict");
  const evidence = textOf(object, "evidence");
  const diedAt = numberOf(object, "diedAt");
  if (verdict === undefined || !isVerdict(verdict)) return undefined;
  if (evidence === undefined || diedAt === undefined) return undefined;
  return {
    verdict,
    evidence,
    diedAt,
    planned: object?.["planned"] === true,
    recentDeaths: numberOf(object, "recentDeaths"),
    isTold: object?.["isTold"] === true,
  };
}

type Fields = Readonly<Record<string, unknown>>;

function parseObject(text: string): Fields | undefined {
  try {
    return asObject(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function asObject(value: unknown): Fields | undefined {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  return isObject ? (value as Fields) : undefined;
}

function textOf(object: Fields | undefined, name: string): string | undefined {
  const value = object?.[name];
  return typeof value === "string" ? value : undefined;
}

function numberOf(object: Fields | undefined, name: string): number | undefined {
  const value = object?.[name];
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

function textsOf(value: unknown): Readonly<Record<string, string>> {
  const entries = Object.entries(asObject(value) ?? {});
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}
