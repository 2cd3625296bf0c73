import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { acquireLock, findLockHolder } from "../../src/stack/lock.ts";

const self = { pid: process.pid, command: "down", sinceUnixMillis: 1 };

describe("the lock between processes", () => {
  it("tells the second who holds it, and is free again after kill -9", async () => {
    const name = randomUUID();
    const holder = await holdElsewhere(name);
    expect(await acquireLock(name, self)).toEqual({
      status: "taken",
      holder: { pid: holder.pid, command: "up", sinceUnixMillis: 1_700_000_000_000 },
    });
    expect(await findLockHolder(name)).toMatchObject({ pid: holder.pid });

    holder.kill("SIGKILL");
    await once(holder, "exit");
    const lock = await acquireLock(name, self);
    expect(lock.status).toBe("held");
    if (lock.status === "held") await lock.release();
  });

  it("is free again after its release, and has no holder then", async () => {
    const name = randomUUID();
    for (let round = 0; round < 3; round++) {
      const lock = await acquireLock(name, self);
      expect(lock.status).toBe("held");
      expect(await findLockHolder(name)).toEqual(self);
      if (lock.status === "held") await lock.release();
      expect(await findLockHolder(name)).toBeUndefined();
    }
  });

  it("is released at once, also while somebody asks and never hangs up", async () => {
    const name = randomUUID();
    const lock = await acquireLock(name, self);
    const nosy = connect({ path: `\0sightline-${name}`, allowHalfOpen: true });
    nosy.on("error", () => {});
    onTestFinished(() => void nosy.destroy());
    nosy.resume();
    await once(nosy, "end");
    if (lock.status === "held") await lock.release();
    expect(await findLockHolder(name)).toBeUndefined();
  });

  it.each([
    { what: "another process's pid", text: JSON.stringify({ ...self, pid: 1 }) },
    { what: "no pid", text: "{}" },
    { what: "more than it should", text: "x".repeat(100_000) },
  ])("does not believe a holder that answers $what", async ({ text }) => {
    const name = randomUUID();
    const impostor = createServer((socket) => {
      socket.on("error", () => {});
      socket.end(text);
    });
    impostor.listen({ path: `\0sightline-${name}` });
    onTestFinished(() => void impostor.close());
    await once(impostor, "listening");
    expect(await acquireLock(name, self)).toEqual({ status: "taken", holder: undefined });
  });

  it("goes to exactly one of many that ask at once", async () => {
    const name = randomUUID();
    const results = await Promise.all(Array.from({ length: 8 }, () => acquireLock(name, self)));
    const held = results.filter((result) => result.status === "held");
    expect(held).toHaveLength(1);
    for (const lock of held) await lock.release();
  });
});

async function holdElsewhere(name: string): Promise<ChildProcess> {
  const program = join(import.meta.dirname, "../programs/hold-lock.mjs");
  const child = spawn(process.execPath, [program, name], { stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  const [text] = await once(child.stdout, "data");
  expect(String(text)).toBe("held\n");
  return child;
}
