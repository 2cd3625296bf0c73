import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { createDelivery } from "../src/delivery.ts";
import { readLogLines } from "./fixtures/read-otlp.ts";
import { type Receiver, startReceiver } from "./fixtures/receiver.ts";
import { makeTemporaryFolder } from "./fixtures/temporary-folder.ts";
import { findUnusedPort } from "./fixtures/unused-port.ts";

const programPath = (name: string) => fileURLToPath(new URL(`./programs/${name}`, import.meta.url));

function start(program: string, args: readonly string[]): ChildProcess {
  const child = spawn(process.execPath, [programPath(program), ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}

/** Runs the logging program until it says that this many lines are safe, kills it, and returns how many it said. */
async function runAndKill(args: readonly string[], untilNumber: number): Promise<number> {
  const child = start("log-until-killed.ts", args);
  const exited = once(child, "exit");
  let safeNumber = 0;
  for await (const line of createInterface({ input: child.stdout as NodeJS.ReadableStream })) {
    safeNumber = Number(line);
    if (safeNumber >= untilNumber) child.kill("SIGKILL");
  }
  expect(await exited).toEqual([null, "SIGKILL"]);
  return safeNumber;
}

async function readOutput(child: ChildProcess): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of child.stdout as NodeJS.ReadableStream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

function numbersReceived(receiver: Receiver): number[] {
  const lines = receiver.requests.flatMap((request) => readLogLines(request.body));
  return lines.map((line) => Number(line.replace("line ", "")));
}

const range = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, n) => first + n);

describe("kill -9 in the middle of an outage", () => {
  test("loses no line that was on disk, and none in between", async () => {
    const directory = makeTemporaryFolder();
    const port = await findUnusedPort();
    const endpoint = `http://127.0.0.1:${port}`;
    const safe = await runAndKill([endpoint, directory, "1"], 2_000);

    const receiver = await startReceiver(undefined, port);
    onTestFinished(() => receiver.close());
    const delivery = createDelivery({ endpoint, spool: { directory } });
    await vi.waitFor(
      () => expect(Math.max(0, ...numbersReceived(receiver))).toBeGreaterThanOrEqual(safe),
      { timeout: 10_000 },
    );
    expect(await delivery.shutdown(10_000)).toEqual({ status: "flushed" });
    const numbers = numbersReceived(receiver);
    const unique = [...new Set(numbers)].sort((a, b) => a - b);
    expect(unique).toEqual(range(1, unique.at(-1) ?? 0));
    expect(unique.at(-1)).toBeGreaterThanOrEqual(safe);
    expect(delivery.stats()).toMatchObject({
      acknowledgedRecords: { logs: numbers.length },
      dropped: [],
      spool: { batches: 0 },
    });
  });

  test("of two processes in a row leaves both to the third", async () => {
    const directory = makeTemporaryFolder();
    const port = await findUnusedPort();
    const endpoint = `http://127.0.0.1:${port}`;
    const first = await runAndKill([endpoint, directory, "1"], 500);
    const second = await runAndKill([endpoint, directory, "100001"], 100_500);

    const receiver = await startReceiver(undefined, port);
    onTestFinished(() => receiver.close());
    const delivery = createDelivery({ endpoint, spool: { directory } });
    await vi.waitFor(() => expect(numbersReceived(receiver)).toContain(second), {
      timeout: 10_000,
    });
    await delivery.shutdown(10_000);
    const numbers = new Set(numbersReceived(receiver));
    const expected = [...range(1, first), ...range(100_001, second)];
    expect(expected.filter((number) => !numbers.has(number))).toEqual([]);
  });
});

describe("the host's exit", () => {
  test("is not held back by a receiver that never answers", async () => {
    const receiver = await startReceiver(() => {});
    onTestFinished(() => receiver.close());
    const child = start("exit-with-work-left.ts", [receiver.endpoint]);
    expect(await readOutput(child)).toBe("ended by itself");
  });

  test("waits for a shutdown that is awaited", async () => {
    const receiver = await startReceiver();
    onTestFinished(() => receiver.close());
    const child = start("await-shutdown.ts", [receiver.endpoint, "50"]);
    expect(await readOutput(child)).toBe("flushed");
    expect(receiver.requests).toHaveLength(50);
  });
});
