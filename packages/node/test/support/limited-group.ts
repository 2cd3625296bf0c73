import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type CgroupFolders, locateCgroup } from "../../src/host/cgroup-cpu-folders.ts";

export type Limits = {
  /** 1 = one core. */
  readonly cores?: number;
  readonly memoryBytes?: number;
};

export type LimitedGroup = {
  /** Shell text that moves the shell, and what it becomes, into the group; for `sh -c`. */
  readonly join: string;
  /** When its processes are gone. */
  remove(): void;
};

const PERIOD_MICROS = 20_000;

/** A real control group with limits, of either version; or in words why there can be none here. */
export function makeLimitedGroup(
  name: string,
  { cores, memoryBytes }: Limits,
): LimitedGroup | { readonly reason: string } {
  const folders = new Set<string>();
  const remove = () => {
    for (const folder of folders) rmdirSync(folder);
  };
  const quota = cores === undefined ? undefined : String(Math.round(cores * PERIOD_MICROS));
  try {
    if (quota !== undefined) {
      const { version, folder } = makeFolder("cpu", name, folders);
      if (version === 1) write(folder, "cpu.cfs_period_us", String(PERIOD_MICROS));
      if (version === 1) write(folder, "cpu.cfs_quota_us", quota);
      else write(folder, "cpu.max", `${quota} ${PERIOD_MICROS}`);
    }
    if (memoryBytes !== undefined) {
      const { version, folder } = makeFolder("memory", name, folders);
      const file = version === 1 ? "memory.limit_in_bytes" : "memory.max";
      write(folder, file, String(memoryBytes));
    }
  } catch (error) {
    remove();
    return { reason: `no control group with limits can be made here: ${String(error)}` };
  }
  const commands = [...folders].map((folder) => `echo $$ > '${folder}/cgroup.procs'`);
  return { join: commands.join(" && "), remove };
}

function makeFolder(
  controller: "cpu" | "memory",
  name: string,
  made: Set<string>,
): { version: CgroupFolders["version"]; folder: string } {
  const located = locateCgroup(
    readFileSync("/proc/self/cgroup", "utf8"),
    readFileSync("/proc/self/mountinfo", "utf8"),
    controller,
  );
  const root = located?.folders.at(-1);
  if (located === undefined || root === undefined) throw new Error(`no group for ${controller}`);
  const folder = join(root, name);
  if (!made.has(folder)) mkdirSync(folder);
  made.add(folder);
  return { version: located.version, folder };
}

function write(folder: string, file: string, text: string): void {
  writeFileSync(join(folder, file), text);
}
