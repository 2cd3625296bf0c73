import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import { lockDirectory } from "../../src/ship/directory-lock.ts";

const PROGRAM = fileURLToPath(new URL("./programs/hold-lock.ts", import.meta.url));

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "sightline-lock-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function holdElsewhere(folder: string) {
  const child = spawn(process.execPath, [PROGRAM, folder], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const [said] = await once(child.stdout, "data");
  return { child, said: String(said).trim() };
}

async function hold(folder: string) {
  const result = await lockDirectory(folder);
  if (result.status === "held") onTestFinished(() => result.release());
  return result;
}

describe("the lock of a folder", () => {
  test("is held by one, and by the next after it", async () => {
    const folder = makeFolder();
    const first = await lockDirectory(folder);
    expect(await lockDirectory(folder)).toEqual({ status: "taken", pid: process.pid });
    if (first.status === "held") await first.release();
    expect(await hold(folder)).toMatchObject({ status: "held" });
  });

  test("names the process that holds it, and is free at once when that is killed", async () => {
    const folder = makeFolder();
    const { child, said } = await holdElsewhere(folder);
    expect(said).toBe("held");
    expect(await lockDirectory(folder)).toEqual({ status: "taken", pid: child.pid });
    child.kill("SIGKILL");
    await once(child, "exit");
    expect(await hold(folder)).toMatchObject({ status: "held" });
    expect(readdirSync(folder)).toEqual(["lock"]);
  });

  test("goes to one of many that find a dead one's at the same time", async () => {
    const folder = makeFolder();
    for (let round = 0; round < 20; round += 1) {
      const { child } = await holdElsewhere(folder);
      child.kill("SIGKILL");
      await once(child, "exit");
      const results = await Promise.all(Array.from({ length: 8 }, () => lockDirectory(folder)));
      const held = results.filter((result) => result.status === "held");
      expect(held).toHaveLength(1);
      await held[0]?.release();
    }
  }, 60_000);

  test("works where the path is longer than a socket's may be", async () => {
    const folder = join(makeFolder(), "a".repeat(120), "b".repeat(120));
    mkdirSync(folder, { recursive: true });
    expect(await hold(folder)).toMatchObject({ status: "held" });
    expect(await lockDirectory(folder)).toEqual({ status: "taken", pid: process.pid });
  });

  test("replaces a file that is no lock", async () => {
    const folder = makeFolder();
    writeFileSync(join(folder, "lock"), "not a socket");
    expect(await hold(folder)).toMatchObject({ status: "held" });
  });

  test("is unavailable where there is no folder", async () => {
    const result = await lockDirectory(join(makeFolder(), "missing"));
    expect(result).toEqual({ status: "unavailable", message: expect.any(String) });
  });
});
