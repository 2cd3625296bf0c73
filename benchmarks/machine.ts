import { execFileSync } from "node:child_process";
import { cpus, loadavg, release, totalmem, type } from "node:os";
import { formatBytes } from "@sightline/core";

/** What the figures depend on beside the code. */
export interface Machine {
  readonly cores: number;
  readonly cpu: string;
  readonly memory: string;
  readonly system: string;
  readonly node: string;
  /** Of the last minute, at the start. */
  readonly load: number;
  /** Others took more than half a core: the figures are then theirs too. */
  readonly isBusy: boolean;
  readonly commit: string;
  readonly isDirty: boolean;
}

const BUSY_LOAD = 0.5;

export function readMachine(root: string): Machine {
  const processors = cpus();
  const load = loadavg()[0] ?? 0;
  return {
    cores: processors.length,
    cpu: processors[0]?.model.trim() ?? "unknown",
    memory: `${formatBytes(totalmem())} memory`,
    system: `${type()} ${release().split(".").slice(0, 2).join(".")}`,
    node: process.versions.node,
    load,
    isBusy: load > BUSY_LOAD,
    commit: git(root, "rev-parse", "--short", "HEAD") || "unknown",
    isDirty: git(root, "status", "--porcelain", "--untracked-files=no") !== "",
  };
}

function git(root: string, ...args: string[]): string {
  try {
    return execFileSync("git", args, { cwd: root, encoding: "utf8", stdio: "pipe" }).trim();
  } catch {
    return "";
  }
}
