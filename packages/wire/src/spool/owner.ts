import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";

/** Who holds a spool folder; written into it as JSON, and touched as a heartbeat. */
export interface Owner {
  readonly pid: number;
  /** Clock ticks since boot at which the process began: tells a reused pid. Absent off Linux. */
  readonly startTicks?: string;
  /** Where that pid means something: host, boot and pid namespace. */
  readonly domain: string;
}

export const HEARTBEAT_MILLIS = 5_000;
/** Four missed beats. Only an owner in another container or host is judged by this. */
const STALE_MILLIS = 20_000;

export function readSelf(): Owner {
  const startTicks = readStartTicks(process.pid);
  return {
    pid: process.pid,
    ...(startTicks === undefined ? {} : { startTicks }),
    domain: readDomain(),
  };
}

/** Undefined for a text that is no owner record, for example a torn one. */
export function parseOwner(text: string): Owner | undefined {
  try {
    const value = JSON.parse(text) as Partial<Owner> | null;
    const isOwner = typeof value?.pid === "number" && typeof value.domain === "string";
    return isOwner ? (value as Owner) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Whether the owner still runs. Two containers on one volume both have a process 1, so a pid counts
 * only inside its own domain; from outside the heartbeat decides.
 */
export function isAlive(owner: Owner, self: Owner, millisSinceHeartbeat: number): boolean {
  if (owner.domain !== self.domain) return millisSinceHeartbeat < STALE_MILLIS;
  return isRunning(owner.pid) && readStartTicks(owner.pid) === owner.startTicks;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it runs, as somebody else.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function readStartTicks(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The second field is the command in brackets and may hold blanks and brackets; field 22 is
    // the 20th after it (proc_pid_stat(5)).
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  } catch {
    return undefined;
  }
}

function readDomain(): string {
  return [hostname(), readText("/proc/sys/kernel/random/boot_id"), readNamespace()].join("|");
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    return "";
  }
}

function readNamespace(): string {
  try {
    return readlinkSync("/proc/self/ns/pid");
  } catch {
    return "";
  }
}
