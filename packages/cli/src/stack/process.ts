import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** A process that cannot be mistaken for a later one that got the same pid. */
export interface ProcessRef {
  readonly pid: number;
  /** Clock ticks after boot at which it started: field 22 of `/proc/<pid>/stat` (proc(5)). */
  readonly startTicks: string;
  /** Which boot that was: pids and ticks begin anew with each. */
  readonly bootId: string;
}

interface Stat {
  readonly state: string;
  readonly startTicks: string;
  readonly cpuTicks: number;
}

/** Linux reports it in `sysconf`; it is the same on every architecture that Node ships for. */
const TICKS_PER_SECOND = 100;

function readStat(pid: number): Stat | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The command may hold spaces and brackets, so fields count from the last one.
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return {
      state: fields[0] ?? "",
      startTicks: fields[19] ?? "",
      cpuTicks: Number(fields[11]) + Number(fields[12]),
    };
  } catch {
    return undefined;
  }
}

let knownBootId: string | undefined;

/** Different after every boot (random(4)); empty where the kernel does not tell. */
function readBootId(): string {
  knownBootId ??= readLines("/proc/sys/kernel/random/boot_id")[0] ?? "";
  return knownBootId;
}

export function refOf(pid: number): ProcessRef | undefined {
  const stat = readStat(pid);
  return stat && { pid, startTicks: stat.startTicks, bootId: readBootId() };
}

export function isAlive(ref: ProcessRef | undefined): boolean {
  if (!ref || ref.bootId !== readBootId()) return false;
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
  const stat = isAlive(ref) ? readStat(ref.pid) : undefined;
  if (!stat) return undefined;
  const sinceBootSeconds = Number(readFileSync("/proc/uptime", "utf8").split(" ")[0]);
  return {
    residentBytes: readResidentBytes(ref.pid),
    cpuSeconds: stat.cpuTicks / TICKS_PER_SECOND,
    uptimeSeconds: Math.max(0, sinceBootSeconds - Number(stat.startTicks) / TICKS_PER_SECOND),
  };
}

/** Not from `stat`, which counts pages: their size differs from kernel to kernel. */
function readResidentBytes(pid: number): number {
  const line = readLines(`/proc/${pid}/status`).find((text) => text.startsWith("VmRSS:"));
  return Number(/\d+/.exec(line ?? "")?.[0] ?? 0) * 1024;
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
  const inode = findListeningInode(port);
  if (!inode) return undefined;
  const pid = readdirSync("/proc").find(
    (entry) => /^\d+$/.test(entry) && holdsSocket(entry, inode),
  );
  return pid === undefined ? undefined : { pid: Number(pid), command: commandLineOf(Number(pid)) };
}

/** 127.0.0.1 and every address, as the kernel writes them; another address is no obstacle to us. */
const LOOPBACK_OR_ANY =
  /^(0100007F|00000000|0{32}|0000000000000000FFFF00000100007F|0000000000000000FFFF000000000000):/;

function findListeningInode(port: number): string | undefined {
  const hexPort = port.toString(16).toUpperCase().padStart(4, "0");
  for (const table of ["/proc/net/tcp", "/proc/net/tcp6"]) {
    for (const line of readLines(table).slice(1)) {
      const fields = line.trim().split(/\s+/);
      const [, address = "", , state] = fields;
      const isOurs = LOOPBACK_OR_ANY.test(address) && address.endsWith(`:${hexPort}`);
      if (state === "0A" && isOurs) return fields[9];
    }
  }
  return undefined;
}

/** Whether a process has the abstract Unix socket of this name open (proc(5), `/proc/net/unix`). */
export function holdsAbstractSocket(pid: number, path: string): boolean {
  const name = path.replace("\0", "@");
  const isListening = (fields: readonly string[]): boolean =>
    fields[3] === "00010000" && fields[7] === name;
  const entries = readLines("/proc/net/unix").map((line) => line.trim().split(/\s+/));
  return entries.some((fields) => isListening(fields) && holdsSocket(String(pid), fields[6] ?? ""));
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
