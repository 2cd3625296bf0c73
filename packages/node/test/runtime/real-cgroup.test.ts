import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, it } from "vitest";
import { type CgroupFolders, locateCgroup } from "../../src/host/cgroup-cpu-folders.ts";

const FIXTURE = fileURLToPath(new URL("../fixtures/limits.mjs", import.meta.url));
const NAME = `sightline-test-${process.pid}`;
const LIMIT_BYTES = 512 * 1024 * 1024;

/** What to write into a new group so that half a core and 512 MiB are its limits. */
const LIMITS = {
  cpu: {
    1: { "cpu.cfs_period_us": "20000", "cpu.cfs_quota_us": "10000" },
    2: { "cpu.max": "10000 20000" },
  },
  memory: {
    1: { "memory.limit_in_bytes": String(LIMIT_BYTES) },
    2: { "memory.max": String(LIMIT_BYTES) },
  },
} as const;

const made = new Set<string>();

afterAll(() => {
  for (const folder of made) rmdirSync(folder);
});

/** The group's `cgroup.procs`, or in words why there can be none. */
function makeGroup(controller: "cpu" | "memory"): { procs: string } | { reason: string } {
  const located = locateCgroup(
    readFileSync("/proc/self/cgroup", "utf8"),
    readFileSync("/proc/self/mountinfo", "utf8"),
    controller,
  );
  if (located === undefined) return { reason: `no control group for ${controller}` };
  const folder = join(located.folders.at(-1) ?? "", NAME);
  try {
    if (!existsSync(folder)) mkdirSync(folder);
    made.add(folder);
    writeLimits(controller, located.version, folder);
  } catch (error) {
    return { reason: `no group with a limit of ${controller} can be made here: ${String(error)}` };
  }
  return { procs: join(folder, "cgroup.procs") };
}

function writeLimits(
  controller: "cpu" | "memory",
  version: CgroupFolders["version"],
  folder: string,
): void {
  for (const [file, text] of Object.entries(LIMITS[controller][version])) {
    writeFileSync(join(folder, file), text);
  }
}

function readLimits(procs: readonly string[]): Record<string, number> {
  const join = procs.map((file) => `echo $$ > "${file}" && `).join("");
  const script = `${join} exec "${process.execPath}" "${FIXTURE}"`;
  return JSON.parse(execFileSync("/bin/sh", ["-c", script], { encoding: "utf8" }));
}

it("tells the limits of a real control group, and that it was held back", (context) => {
  const cpu = existsSync("/proc/self/cgroup") ? makeGroup("cpu") : { reason: "no Linux" };
  if ("reason" in cpu) return context.skip(cpu.reason);
  const told = readLimits([cpu.procs]);
  expect(told).toMatchObject({ "app.cgroup.cpu.limit": 0.5, "app.capacity.cores": 0.5 });
  expect(told["app.cgroup.cpu.throttled.periods"]).toBeGreaterThanOrEqual(3);
  expect(told["app.cgroup.cpu.periods"]).toBeGreaterThanOrEqual(3);
  expect(told["app.cgroup.cpu.throttled.time"]).toBeGreaterThan(0);
  expect(told["app.thread.cpu.time"]).toBeGreaterThan(0);
});

it("tells the memory limit of a real control group", (context) => {
  const memory = existsSync("/proc/self/cgroup") ? makeGroup("memory") : { reason: "no Linux" };
  if ("reason" in memory) return context.skip(memory.reason);
  const cpu = makeGroup("cpu");
  const told = readLimits([memory.procs, ...("procs" in cpu ? [cpu.procs] : [])]);
  expect(told["app.cgroup.memory.limit"]).toBe(LIMIT_BYTES);
  expect(told["app.cgroup.memory.usage"]).toBeGreaterThan(1_000_000);
});
