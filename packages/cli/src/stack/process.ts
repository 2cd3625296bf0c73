import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** A process that cannot be mistaken for a later one that got the same pid. */
export interface ProcessRef {
  readonly pid: number;
  /** Clock ticks after boot at which it started: field 22 of `/proc/<pid>/stat` (proc(5)). */
  readonly startTicks: string;
}

interface Stat {
  readonly state: string;
  readonly startTicks: string;
  readonly cpuTicks: number;
  readonly rssPages: number;
}

/** Linux reports these in `sysconf`; both have been fixed on every architecture that Node ships for. */
const TICKS_PER_SECOND = 100;
const PAGE_BYTES = 4096;

function readStat(pid: number): Stat | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The command may hold spaces and brackets, so fields count from the last one.
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return {
      state: fields[0] ?? "",
      startTicks: fields[19] ?? "",
      cpuTicks: Number(fields[11]) + Number(fields[12]),
      rssPages: Number(fields[21]),
    };
  } catch {
    return undefined;
  }
}

export function refOf(pid: number): ProcessRef | undefined {
  const stat = readStat(pid);
  return stat && { pid, startTicks: stat.startTicks };
}

export function isAlive(ref: ProcessRef | undefined): boolean {
  if (!ref) return false;
  const stat = readStat(ref.pid);
  return stat !== undefined && stat.startTicks === ref.startTicks && stat.state !== "Z";
}

export interface ProcessUsage {
  readonly residentBytes: number;
  /** CPU time of all threads since the process started. */
  readonly cpuSeconds: number;
  readonly uptimeSeconds: number;
}

export function readUsage(ref: ProcessRef): ProcessUsage | undefined {
  const stat = readStat(ref.pid);
  if (!stat || stat.startTicks !== ref.startTicks) return undefined;
  const sinceBootSeconds = Number(readFileSync("/proc/uptime", "utf8").split(" ")[0]);
  return {
    residentBytes: stat.rssPages * PAGE_BYTES,
    cpuSeconds: stat.cpuTicks / TICKS_PER_SECOND,
    uptimeSeconds: Math.max(0, sinceBootSeconds - Number(stat.startTicks) / TICKS_PER_SECOND),
  };
}

export function commandLineOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
  } catch {
    return "";
  }
}

/** Sends a signal only if the process is still the one meant; says whether it was sent. */
export function signalProcess(ref: ProcessRef, signal: NodeJS.Signals): boolean {
  if (!isAlive(ref)) return false;
  try {
    process.kill(ref.pid, signal);
    return true;
  } catch {
    return false;
  }
}

/** Who listens on a TCP port of this machine, or undefined if nobody does or it may not be seen. */
export function holderOfPort(port: number): { pid: number; command: string } | undefined {
  const inode = listeningInode(port);
  if (!inode) return undefined;
  for (const entry of readdirSync("/proc")) {
    if (!/^\d+$/.test(entry)) continue;
    if (holdsSocket(entry, inode))
      return { pid: Number(entry), command: commandLineOf(Number(entry)) };
  }
  return undefined;
}

function listeningInode(port: number): string | undefined {
  const hexPort = port.toString(16).toUpperCase().padStart(4, "0");
  for (const table of ["/proc/net/tcp", "/proc/net/tcp6"]) {
    for (const line of readLines(table).slice(1)) {
      const fields = line.trim().split(/\s+/);
      const isListening = fields[3] === "0A";
      if (isListening && fields[1]?.endsWith(`:${hexPort}`)) return fields[9];
    }
  }
  return undefined;
}

function holdsSocket(pid: string, inode: string): boolean {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((fd) => {
      try {
        return readlinkSync(`/proc/${pid}/fd/${fd}`) === `socket:[${inode}]`;
      } catch {
        return false;
      }
    });
  } catch {
    return false;
  }
}

function readLines(path: string): string[] {
  try {
    return readFileSync(path, "utf8").split("\n");
  } catch {
    return [];
  }
}
