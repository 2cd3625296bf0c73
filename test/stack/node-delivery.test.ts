import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { readLines } from "../harness/otlp.ts";
import { createTestStack, type TestStack } from "../harness/stack.ts";
import { until } from "../harness/until.ts";

const APP = join(import.meta.dirname, "fixtures/numbered-app.mjs");
const SERVICE = "numbered-app";

let stack: TestStack;

beforeAll(async () => {
  stack = await createTestStack();
  const up = await stack.run("up", "--only", "stack", "--mode", "embedded");
  expect(up.code, up.stderr).toBe(0);
}, 300_000);

afterAll(() => stack.dispose());

it("brings every line of a service through kill -9 of the collector, of Loki and its own end", async () => {
  const app = startApp();
  await until("the first line in Loki", async () => (await storedLines()).length > 0);

  process.kill(stack.pidOf("collector"), "SIGKILL");
  await restarted("collector");
  process.kill(stack.pidOf("loki"), "SIGKILL");
  const killedAt = app.printed();
  await until("lines while Loki is away", () => app.printed() > killedAt + 50);
  await restarted("loki");

  // Its end falls into an outage too: what nobody takes waits on disk for the next start.
  process.kill(stack.pidOf("collector"), "SIGKILL");
  const lastKilledAt = app.printed();
  await until("lines while the collector is away", () => app.printed() > lastKilledAt + 20);
  app.child.kill("SIGTERM");
  expect(await app.ended).toBe("SIGTERM");
  const total = app.printed();
  expect(total).toBeGreaterThan(300);
  expect(spooledFiles()).toBeGreaterThan(0);

  const successor = startApp({ LINES: "0" });
  const lines = await until(
    `${total} lines in Loki`,
    async () => {
      const stored = await storedLines();
      return new Set(stored).size >= total && stored;
    },
    120_000,
  );
  await until("an empty spool", () => spooledFiles() === 0);
  successor.child.kill("SIGTERM");
  await successor.ended;

  const expected = Array.from({ length: total }, (_, index) => `line ${index + 1}`);
  const byNumber = (left: string, right: string) => numberOf(left) - numberOf(right);
  expect([...new Set(lines)].sort(byNumber)).toEqual(expected);
  const duplicates = (await storedLines()).length - total;
  console.log(`${total} lines logged and stored, ${duplicates} of them twice`);
  expect(duplicates).toBe(0);
}, 300_000);

function numberOf(line: string): number {
  return Number(line.slice("line ".length));
}

async function storedLines(): Promise<string[]> {
  const lines = await readLines(stack.url("loki"), SERVICE);
  return lines.map(({ line }) => line).filter((line) => line.startsWith("line "));
}

async function restarted(name: string): Promise<void> {
  await until(`${name} to be back`, () => {
    const server = stack.state().servers.find((known) => known.name === name);
    return server !== undefined && server.restarts > 0 && server.status === "healthy";
  });
}

function spooledFiles(): number {
  const folder = join(stack.data, "spool", SERVICE);
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
  return names.filter((name) => name.endsWith(".batch")).length;
}

interface NumberedApp {
  readonly child: ChildProcess;
  /** The number of lines it has printed, which are those it has logged. */
  readonly printed: () => number;
  readonly ended: Promise<NodeJS.Signals | number | null>;
}

function startApp(env: Readonly<Record<string, string>> = {}): NumberedApp {
  const child = spawn(process.execPath, [APP], {
    env: { ...stack.env, OTEL_SERVICE_NAME: SERVICE, ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let printed = 0;
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    printed += text.split("\n").length - 1;
  });
  const ended = new Promise<NodeJS.Signals | number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve(signal ?? code));
  });
  return { child, printed: () => printed, ended };
}
