import { locateCgroup } from "./cgroup-cpu-folders.ts";
import type { ReadText } from "./read-text.ts";

/** Memory of the control group that this process is in, as the kernel counts it now. */
export type MemoryGroupState = {
  /** The tightest limit that holds, of its own group or one above; undefined without a limit. */
  readonly limitBytes: number | undefined;
  /** Used memory of the group with that limit, less the file cache that the kernel can take back. */
  readonly workingSetBytes: number | undefined;
  /** Processes of its own group that were killed for memory. */
  readonly oomKills: number | undefined;
};

/** A control group of the memory controller. */
export interface MemoryGroup {
  /** Folder of its own group. */
  readonly path: string;
  /** Reads three small files of the kernel, some 30 µs. Never throws. */
  read(): MemoryGroupState;
}

type Files = {
  readonly limit: string;
  readonly usage: string;
  /** Entry of `memory.stat` with the file cache that was not used lately. */
  readonly reclaimable: string;
  /** File with a line `oom_kill <count>`. */
  readonly oom: string;
};

/** By version of the control groups. Source: kernel docs, cgroup-v1/memory.rst and cgroup-v2.rst. */
const FILES: Readonly<Record<1 | 2, Files>> = {
  1: {
    limit: "memory.limit_in_bytes",
    usage: "memory.usage_in_bytes",
    reclaimable: "total_inactive_file",
    oom: "memory.oom_control",
  },
  2: {
    limit: "memory.max",
    usage: "memory.current",
    reclaimable: "inactive_file",
    oom: "memory.events",
  },
};

/** Version 1 says "no limit" by a number near 2^63, rounded to the page size of the machine. */
const NO_LIMIT_BYTES = 2 ** 53;

/** Undefined where there is none, as off Linux. */
export function findMemoryGroup(readText: ReadText): MemoryGroup | undefined {
  const membership = readText("/proc/self/cgroup");
  const mounts = readText("/proc/self/mountinfo");
  if (membership === undefined || mounts === undefined) return undefined;
  const located = locateCgroup(membership, mounts, "memory");
  const own = located?.folders[0];
  if (located === undefined || own === undefined) return undefined;
  const files = FILES[located.version];
  return { path: own, read: () => readState(located.folders, own, files, readText) };
}

function readState(
  folders: readonly string[],
  own: string,
  files: Files,
  readText: ReadText,
): MemoryGroupState {
  let limitBytes: number | undefined;
  let binding: string | undefined;
  for (const folder of folders) {
    const limit = parseCount(readText(`${folder}/${files.limit}`));
    if (limit === undefined || limit >= (limitBytes ?? NO_LIMIT_BYTES)) continue;
    limitBytes = limit;
    binding = folder;
  }
  return {
    limitBytes,
    workingSetBytes: binding === undefined ? undefined : readWorkingSet(binding, files, readText),
    oomKills: readOomKills(own, readText),
  };
}

function readWorkingSet(folder: string, files: Files, readText: ReadText): number | undefined {
  const usage = parseCount(readText(`${folder}/${files.usage}`));
  if (usage === undefined) return undefined;
  const cache = entryOf(readText(`${folder}/memory.stat`), files.reclaimable) ?? 0;
  return Math.max(0, usage - cache);
}

/** How many processes of a group the kernel has killed for memory; undefined where the group is gone. */
export function readOomKills(folder: string, readText: ReadText): number | undefined {
  const text = readText(`${folder}/${FILES[2].oom}`) ?? readText(`${folder}/${FILES[1].oom}`);
  return entryOf(text, "oom_kill");
}

function entryOf(text: string | undefined, name: string): number | undefined {
  for (const line of (text ?? "").split("\n")) {
    if (line.startsWith(`${name} `)) return parseCount(line.slice(name.length + 1));
  }
  return undefined;
}

/** A plain number; `max` is none. */
function parseCount(text: string | undefined): number | undefined {
  const digits = text?.trim();
  return digits !== undefined && /^\d{1,20}$/.test(digits) ? Number(digits) : undefined;
}
