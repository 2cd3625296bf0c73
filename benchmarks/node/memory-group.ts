import { existsSync, mkdirSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** A memory-limited cgroup, as a container has one. */
export type LimitedGroup = {
  /** Puts what follows into the group and becomes it. */
  readonly wrapper: readonly string[];
  remove: () => void;
};

/** Version 1, and version 2 where this process may delegate memory. */
const LAYOUTS = [
  { root: "/sys/fs/cgroup/memory", limit: "memory.limit_in_bytes", swap: "memory.swappiness" },
  { root: "/sys/fs/cgroup", limit: "memory.max", swap: "memory.swap.max" },
] as const;

/** Undefined where none can be made: without root, or inside of a container. */
export function createLimitedGroup(name: string, maxBytes: number): LimitedGroup | undefined {
  const layout = LAYOUTS.find(({ root }) => existsSync(join(root, "cgroup.procs")));
  if (layout === undefined) return undefined;
  const path = join(layout.root, name);
  try {
    mkdirSync(path, { recursive: true });
    writeFileSync(join(path, layout.limit), String(maxBytes));
    if (existsSync(join(path, layout.swap))) writeFileSync(join(path, layout.swap), "0");
  } catch {
    return undefined;
  }
  const enter = `echo $$ > '${path}/cgroup.procs' && exec "$@"`;
  return {
    wrapper: ["sh", "-c", enter, "sh"],
    remove() {
      try {
        rmdirSync(path);
      } catch {
        // Somebody is still in it; it is empty of limits that matter and goes with the machine.
      }
    },
  };
}
