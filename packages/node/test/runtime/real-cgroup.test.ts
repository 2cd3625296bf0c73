import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { makeLimitedGroup } from "../support/limited-group.ts";

const FIXTURE = fileURLToPath(new URL("../fixtures/limits.mjs", import.meta.url));
const LIMIT_BYTES = 512 * 1024 * 1024;

it("tells the limits of a real control group, and that it was held back", (context) => {
  const group = makeLimitedGroup(`sightline-test-${process.pid}`, {
    cores: 0.5,
    memoryBytes: LIMIT_BYTES,
  });
  if ("reason" in group) return context.skip(group.reason);
  try {
    const script = `${group.join} && exec '${process.execPath}' '${FIXTURE}'`;
    const told = JSON.parse(execFileSync("/bin/sh", ["-c", script], { encoding: "utf8" }));
    expect(told).toMatchObject({
      "app.cgroup.cpu.limit": 0.5,
      "app.capacity.cores": 0.5,
      "app.cgroup.memory.limit": LIMIT_BYTES,
    });
    expect(told["app.cgroup.memory.working_set"]).toBeGreaterThan(1_000_000);
    expect(told["app.cgroup.cpu.throttled.periods"]).toBeGreaterThanOrEqual(3);
    expect(told["app.cgroup.cpu.periods"]).toBeGreaterThanOrEqual(
      told["app.cgroup.cpu.throttled.periods"],
    );
    expect(told["app.cgroup.cpu.throttled.time"]).toBeGreaterThan(0);
    expect(told["app.thread.cpu.time"]).toBeGreaterThan(0);
  } finally {
    group.remove();
  }
});
