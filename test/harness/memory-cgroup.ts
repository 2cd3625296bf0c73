import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readFileSync,
  rmdirSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";

/** A control group with a memory limit that the kernel enforces. */
export interface MemoryCgroup {
  readonly path: string;
  /** Runs a program in it: arguments of `spawn`. */
  command: (program: string, args: readonly string[]) => { file: string; args: string[] };
  remove: () => void;
}

export type MadeCgroup =
  | { readonly status: "made"; readonly cgroup: MemoryCgroup }
  | { readonly status: "unavailable"; readonly reason: string };

const ROOT = "/sys/fs/cgroup";

/** Version 1 or 2, whichever this machine has with a memory controller; needs root. */
export function makeMemoryCgroup(name: string, limitBytes: number): MadeCgroup {
  try {
    const isFirst = existsSync(join(ROOT, "memory/memory.limit_in_bytes"));
    const path = join(isFirst ? join(ROOT, "memory") : ROOT, name);
    if (!isFirst) enableMemory();
    accessSync(isFirst ? join(ROOT, "memory") : ROOT, constants.W_OK);
    mkdirSync(path);
    const limit = String(limitBytes);
    if (isFirst) {
      writeFileSync(join(path, "memory.limit_in_bytes"), limit);
      // Without this the kernel swaps instead, where there is swap.
      writeIfThere(join(path, "memory.memsw.limit_in_bytes"), limit);
    } else {
      writeFileSync(join(path, "memory.max"), limit);
      writeIfThere(join(path, "memory.swap.max"), "0");
    }
    return { status: "made", cgroup: toCgroup(path) };
  } catch (error) {
    return { status: "unavailable", reason: `no control group can be made: ${String(error)}` };
  }
}

function toCgroup(path: string): MemoryCgroup {
  const procs = join(path, "cgroup.procs");
  return {
    path,
    command: (program, args) => ({
      file: "/bin/sh",
      args: ["-c", 'echo $$ > "$0" && exec "$@"', procs, program, ...args],
    }),
    remove: () => rmdirSync(path),
  };
}

function enableMemory(): void {
  const control = join(ROOT, "cgroup.subtree_control");
  if (!readFileSync(control, "utf8").includes("memory")) writeFileSync(control, "+memory");
}

function writeIfThere(path: string, text: string): void {
  if (existsSync(path)) writeFileSync(path, text);
}
