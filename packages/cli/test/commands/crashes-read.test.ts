import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { buildRing, facts } from "../../../core/test/ring/ring-bed.ts";
import { run } from "../../src/run.ts";
import { recordIo } from "../support/io.ts";

let folder: string;
let child: ChildProcess | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sightline-ring-"));
});

afterEach(() => {
  child?.kill("SIGKILL");
  child = undefined;
  rmSync(folder, { recursive: true, force: true });
});

async function read(...args: string[]) {
  const io = recordIo({ HOME: "/nowhere", SIGHTLINE_DATA: "/nowhere/data", NO_COLOR: "1" });
  const code = await run(["crashes", "read", ...args], io);
  return { code, stdout: io.stdout(), stderr: io.stderr() };
}

/** One line as the recorder keeps it: time, severity, body. opentelemetry-proto, logs/v1. */
function line(body: string, unixMillis: number, severityNumber = 9): Uint8Array {
  const text = Buffer.from(body);
  const head = Buffer.alloc(15);
  head[0] = 0x09;
  head.writeBigUInt64LE(BigInt(unixMillis) * 1_000_000n, 1);
  head.set([0x10, severityNumber, 0x2a, text.length + 2, 0x0a, text.length], 9);
  return Buffer.concat([head, text]);
}

const DIED = facts.startedAt + 5_000;
const heartbeat = {
  at: DIED - 500,
  uptimeMillis: 4_500,
  rssBytes: 104_857_600,
  heapUsedBytes: 52_428_800,
  heapLimitBytes: 4_345_298_944,
  eventLoopUtilization: 0.42,
  inFlightRequests: 3,
  cgroupBytes: 530_000_000,
  cgroupLimitBytes: 536_870_912,
  lastNumber: 3,
};

function writeRing(slots: Parameters<typeof buildRing>[1] = {}, ownFacts = facts): string {
  const lines = [
    line("first", DIED - 900),
    line("second\u001b[31m red", DIED - 800),
    line("third", DIED, 17),
  ];
  const path = join(folder, "ring");
  const { bytes } = buildRing(
    lines,
    { heartbeat, settled: { through: 1, ranges: [] }, ...slots },
    { ownFacts },
  );
  writeFileSync(path, bytes);
  return path;
}

it("shows verdict, evidence, heartbeat, and the last lines with those that were not delivered", async () => {
  const path = writeRing();
  const { code, stdout } = await read(path);
  expect(code).toBe(0);
  expect(stdout).toContain("shop died: out of memory, probably (run 3, after 5s)");
  expect(stdout).toContain("memory 505 of 512 MiB, 500ms before the end");
  expect(stdout).toContain("event loop 42 % busy, 3 requests in flight");
  expect(stdout).toMatch(/crash id +vm1:42:1795000000000/);
  expect(stdout).toContain("2 records; the next start of the service sends them");
  expect(stdout).toMatch(/\n {2}\S.*stdout first\n/);
  expect(stdout).toMatch(/\n\* .*stdout second red\n\* .*stderr third\n/);
});

it("shows an uncaught exception with its stack", async () => {
  const fatal = {
    origin: "uncaught",
    at: DIED,
    uptimeMillis: 5_000,
    type: "TypeError",
    message: "no till",
    stack: "TypeError: no till\n    at pay (till.js:3:7)",
  };
  const { stdout } = await read(writeRing({ fatal, exit: { code: 1, at: DIED } }));
  expect(stdout).toContain("shop died: uncaught exception");
  expect(stdout).toContain("exit code 1; uncaught TypeError: no till");
  expect(stdout).toContain("at pay (till.js:3:7)");
});

it("takes the folder too, and the report that Node left in it", async () => {
  writeRing();
  const report = {
    header: { trigger: "OOMError", event: "Allocation failed - JavaScript heap out of memory" },
    environmentVariables: { SECRET: "hunter2" },
  };
  writeFileSync(join(folder, "report.20261123.1.json"), JSON.stringify(report));
  const { stdout } = await read(folder);
  expect(stdout).toContain("shop died: heap limit reached");
  expect(stdout).toContain("JavaScript heap out of memory");
  expect(stdout).not.toContain("hunter2");
});

it("gives all of it as JSON", async () => {
  const { stdout } = await read(writeRing(), "--json");
  const document = JSON.parse(stdout) as Record<string, unknown>;
  expect(document).toMatchObject({
    isRunning: false,
    service: "shop",
    verdict: "oom_probable",
    crashId: "vm1:42:1795000000000",
    heartbeat: { inFlightRequests: 3 },
    undeliveredLines: 2,
    lines: [
      { number: 1, isDelivered: true, body: "first" },
      { number: 2, isDelivered: false },
      { number: 3, severityNumber: 17 },
    ],
  });
});

it("says of a running process that it is running, and gives no verdict", async () => {
  child = spawn(process.execPath, ["-e", "setInterval(() => undefined, 1000)"]);
  await once(child, "spawn");
  const pid = child.pid ?? 0;
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const startTicks = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  const path = writeRing({}, { ...facts, pid });
  writeFileSync(join(folder, "owner.json"), JSON.stringify({ pid, startTicks, domain: "here" }));
  const { code, stdout } = await read(path);
  expect(code).toBe(0);
  expect(stdout).toContain(`shop is running (pid ${pid}, run 3)`);
  expect(stdout).not.toContain("died");

  child.kill("SIGKILL");
  await once(child, "exit");
  expect((await read(path)).stdout).toContain("shop died:");
});

it.each([
  ["a file that is not there", () => join(folder, "nothing"), "there is no file"],
  ["a folder without a ring", () => folder, "there is no file"],
  ["a file of somebody else", () => foreign("hello ".repeat(100)), "does not begin as a ring file"],
  ["an empty file", () => foreign(""), "only 0 bytes long"],
  ["a ring of another version", () => changed(8, 2), "ring format version 2, this reads version 1"],
  ["a ring with a torn header", () => changed(60, 0), "its header is damaged: wrong checksum"],
])("names %s and what was expected", async (_, path, message) => {
  const { code, stdout, stderr } = await read(path());
  expect(code).toBe(1);
  expect(stdout).toBe("");
  expect(stderr).toContain(message);
  expect(stderr).toContain("SIGHTLINE_DATA/ring");
});

it("reads what is left of a file that was cut off", async () => {
  const path = writeRing();
  const bytes = readFileSync(path);
  writeFileSync(path, bytes.subarray(0, 65_536 + 40));
  const { code, stdout } = await read(path);
  expect(code).toBe(0);
  expect(stdout).toContain("lines in it cannot be read");
});

function foreign(text: string): string {
  mkdirSync(join(folder, "x"));
  const path = join(folder, "x", "file");
  writeFileSync(path, text);
  return path;
}

function changed(at: number, value: number): string {
  const path = writeRing();
  const bytes = readFileSync(path);
  bytes[at] = value;
  writeFileSync(path, bytes);
  return path;
}
