import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { describe, expect, it, onTestFinished } from "vitest";
import { endProcess } from "../../src/stack/managed-server.ts";
import {
  isAlive,
  type ProcessRef,
  readUsage,
  refOf,
  signalProcess,
} from "../../src/stack/process.ts";
import { until } from "../support/until.ts";

describe("a process that cannot be mistaken", () => {
  it("is alive while it runs, and not after its end", async () => {
    const child = sleeper();
    const ref = refOf(child.pid as number) as ProcessRef;
    expect(isAlive(ref)).toBe(true);
    child.kill("SIGKILL");
    await once(child, "exit");
    expect(isAlive(ref)).toBe(false);
    expect(signalProcess(ref, "SIGTERM")).toBe(false);
  });

  it.each([
    { what: "started at another time (its pid was given out again)", change: { startTicks: "1" } },
    {
      what: "ran before the last boot",
      change: { bootId: "c0ffee00-0000-4000-8000-000000000000" },
    },
  ])("is not the one that $what, and gets no signal meant for that", async ({ change }) => {
    const child = sleeper();
    const ref = refOf(child.pid as number) as ProcessRef;
    const other = { ...ref, ...change };
    expect(isAlive(other)).toBe(false);
    expect(readUsage(other)).toBeUndefined();
    expect(signalProcess(other, "SIGKILL")).toBe(false);
    expect(isAlive(ref)).toBe(true);
  });

  it("is dead as a zombie: only its parent has not asked for it yet", async () => {
    // The shell starts a child that ends, and becomes a program that never asks for children.
    const shell = spawn("/bin/sh", ["-c", "sleep 0 & echo $!; exec sleep 60"], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    onTestFinished(() => {
      shell.kill("SIGKILL");
    });
    const [pid] = await once(shell.stdout, "data");
    await until("the zombie", () => {
      const ref = refOf(Number(pid));
      return ref !== undefined && !isAlive(ref);
    });
  });

  it("reports what it uses", () => {
    const usage = readUsage(refOf(process.pid) as ProcessRef);
    expect(usage?.residentBytes).toBeGreaterThan(10_000_000);
    expect(usage?.residentBytes).toBeLessThan(8_000_000_000);
    expect(usage?.cpuSeconds).toBeGreaterThan(0);
  });

  it("has no reference where nothing has the pid", () => {
    expect(refOf(2 ** 22 + 1)).toBeUndefined();
    expect(isAlive(undefined)).toBe(false);
  });
});

describe("ending a process", () => {
  it("is done politely where it listens", async () => {
    const child = sleeper();
    const exit = once(child, "exit");
    await endProcess(refOf(child.pid as number) as ProcessRef);
    expect(await exit).toEqual([null, "SIGTERM"]);
  });

  it("is done by force where it does not", async () => {
    const script =
      "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); console.log('up')";
    const child = spawn(process.execPath, ["-e", script], { stdio: ["ignore", "pipe", "ignore"] });
    await once(child.stdout, "data");
    const exit = once(child, "exit");
    await endProcess(refOf(child.pid as number) as ProcessRef, 300);
    expect(await exit).toEqual([null, "SIGKILL"]);
  });
});

function sleeper(): ChildProcess {
  const child = spawn("sleep", ["60"], { stdio: "ignore" });
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  return child;
}
