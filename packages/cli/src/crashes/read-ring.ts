import { readdirSync, readFileSync, statSync } from "node:fs";
import { hostname } from "node:os";
import { basename, dirname, join } from "node:path";
import { crc32 } from "node:zlib";
import {
  createSettledNumbers,
  decodeRing,
  type FatalReport,
  judgeRing,
  lastLineAt,
  MAX_RING_BYTES,
  parseFatalReport,
  type Ring,
  type RingJudgement,
  type RingLine,
  type RingTools,
  readLastLines,
} from "@sightline/core";
import { Failure } from "../failure.ts";

/** What a process has left in its crash recorder, or leaves there at this moment. */
export interface RingReading {
  readonly file: string;
  readonly ring: Ring;
  /** Absent while the process runs. */
  readonly judgement: RingJudgement | undefined;
  /** Pid of the process that goes on writing the file. */
  readonly runningPid: number | undefined;
  /** The last ones, oldest first. */
  readonly lines: readonly (RingLine & { readonly isDelivered: boolean })[];
  /** Of all lines in it, those that are not known to be safe elsewhere. */
  readonly undeliveredLines: number;
}

const RING_FILE = "ring";
const OWNER_FILE = "owner.json";
const MAX_REPORT_BYTES = 16_777_216;

const tools: RingTools = {
  crc32: (bytes, seed) => crc32(bytes, seed),
  encodeText: (text) => new TextEncoder().encode(text),
  decodeText: (bytes) => new TextDecoder().decode(bytes),
};

/**
 * @param path the file `ring`, or the folder that it is in.
 * @throws Failure for a file that is not there, cannot be read, or is no ring of this version.
 */
export function readRing(path: string): RingReading {
  const file = findFile(path);
  const ring = decodeRing(readFile(file), tools);
  if (ring.status === "unreadable") {
    throw new Failure(`"${file}" is no crash recorder's file that can be read: ${ring.message}`, {
      advice: [
        "expected the file `ring` of a process, as @sightline/node keeps it below SIGHTLINE_DATA/ring",
      ],
    });
  }
  const folder = dirname(file);
  const runningPid = findRunning(folder, ring);
  const settled = createSettledNumbers(ring.settled);
  return {
    file,
    ring,
    runningPid,
    judgement: runningPid === undefined ? judge(ring, folder) : undefined,
    lines: readLastLines(ring.frames).map((line) => ({
      ...line,
      isDelivered: settled.has(line.number),
    })),
    undeliveredLines: ring.frames.filter(({ number }) => !settled.has(number)).length,
  };
}

function findFile(path: string): string {
  try {
    return statSync(path).isDirectory() ? join(path, RING_FILE) : path;
  } catch (error) {
    throw unreadable(path, error);
  }
}

function readFile(file: string): Uint8Array {
  try {
    const { size } = statSync(file);
    if (size <= MAX_RING_BYTES) return readFileSync(file);
  } catch (error) {
    throw unreadable(file, error);
  }
  throw new Failure(`"${file}" is larger than any crash recorder's file (${MAX_RING_BYTES} bytes)`);
}

function unreadable(path: string, error: unknown): Failure {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "ENOENT" || code === "ENOTDIR") {
    return new Failure(`there is no file "${path}"`, {
      advice: [
        "what processes leave is in SIGHTLINE_DATA/ring/<service>/ring-<pid>-…/ring, until their next start has sent it",
      ],
    });
  }
  if (code === "EACCES" || code === "EPERM") {
    return new Failure(`"${path}" may not be read: it belongs to the account of the service`, {
      advice: ["run this as that account, or as root"],
    });
  }
  return new Failure(`cannot read "${path}": ${message}`);
}

function judge(ring: Ring, folder: string): RingJudgement {
  const now = {
    at: Date.now(),
    hostName: hostname(),
    bootId: readText("/proc/sys/kernel/random/boot_id")?.trim(),
  };
  return judgeRing({ ring, now, lastLineAt: lastLineAt(ring), report: findReport(folder) });
}

function findReport(folder: string): FatalReport | undefined {
  for (const name of readdirSync(folder).filter((known) => /^report\..*\.json$/.test(known))) {
    const path = join(folder, name);
    if (statSync(path).size > MAX_REPORT_BYTES) continue;
    const report = parseFatalReport(readText(path) ?? "");
    if (report !== undefined) return report;
  }
  return undefined;
}

/** Whether the process that made the folder still runs. One in another container cannot be seen. */
function findRunning(folder: string, ring: Ring): number | undefined {
  // What another process has taken over is of a dead one.
  if (basename(folder).startsWith("dead-")) return undefined;
  try {
    const owner = JSON.parse(readText(join(folder, OWNER_FILE)) ?? "null") as {
      pid?: unknown;
      startTicks?: unknown;
    } | null;
    if (owner?.pid !== ring.facts.pid) return undefined;
    return readStartTicks(ring.facts.pid) === owner.startTicks ? ring.facts.pid : undefined;
  } catch {
    return undefined;
  }
}

/** Clock ticks since boot at which a process began, which tells a reused pid: proc_pid_stat(5). */
function readStartTicks(pid: number): string | undefined {
  const stat = readText(`/proc/${pid}/stat`) ?? "";
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
