import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { describe, test } from "vitest";
import type { LifeAccount } from "../../src/accounts/life-account.ts";
import { accept, type Behaviour, type FakeCollector, startCollector } from "./support/collector.ts";
import type { ReceivedLog } from "./support/decode-logs.ts";
import { isLeftOut, SOURCES } from "./support/numbered-lines.ts";
import { seededRandom } from "./support/seeded-random.ts";

const PROGRAM = fileURLToPath(new URL("./programs/ship-until-killed.ts", import.meta.url));
/** Two chains of fifty kills: a hundred in all. */
const SEEDS = [1, 2];
const KILLS = 50;
const MAX_LIFE_MILLIS = 250;
const STALL_MILLIS = 500;

interface Report {
  readonly numbers: Readonly<Record<string, number>>;
  readonly accounts: readonly LifeAccount[];
  readonly waitingRecords: number;
  readonly journalBytes: number;
  readonly corruptFiles: number;
  readonly said: readonly string[];
}

/** Fails, hangs, and takes batches without saying so, each now and then. */
function troubled(random: () => number): Behaviour {
  return (response, body) => {
    const dice = random();
    if (dice < 0.1) {
      response.writeHead(503).end();
      return "refused";
    }
    if (dice < 0.14) {
      setTimeout(() => response.destroy(), STALL_MILLIS).unref();
      return "received";
    }
    if (dice < 0.26) return takeAndHangUp(response);
    return accept(response, body);
  };
}

function takeAndHangUp(response: ServerResponse): "received" {
  response.socket?.destroy();
  return "received";
}

function start(collector: FakeCollector, directory: string, lines: string): ChildProcess {
  const args = [PROGRAM, collector.endpoint, directory, lines];
  return spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
}

async function killOne(child: ChildProcess, random: () => number): Promise<unknown> {
  const exited = once(child, "exit");
  // One in ten dies while it starts; else its life begins once it ships.
  if (random() < 0.1) await sleep(random() * 400);
  else await Promise.race([once(child.stdout as NodeJS.ReadableStream, "data"), exited]);
  await sleep(random() * MAX_LIFE_MILLIS);
  child.kill("SIGKILL");
  return exited;
}

async function readReport(child: ChildProcess): Promise<Report> {
  let last = "";
  for await (const line of createInterface({ input: child.stdout as NodeJS.ReadableStream })) {
    last = line;
  }
  return JSON.parse(last) as Report;
}

function keyOf(log: ReceivedLog): string {
  return `${String(log.attributes["source"])} ${String(log.attributes["number"])}`;
}

/** Every line that was not left out, by source. */
function expectedKeys(report: Report): string[] {
  return SOURCES.flatMap(({ name }) => {
    const last = report.numbers[name] ?? 0;
    const numbers = Array.from({ length: last }, (_, index) => index + 1);
    return numbers.filter((number) => !isLeftOut(number)).map((number) => `${name} ${number}`);
  });
}

function expectedAccount(report: Report, life: string): Partial<LifeAccount> {
  const names = SOURCES.filter((source) => source.life === life).map(({ name }) => name);
  const read = names.reduce((sum, name) => sum + (report.numbers[name] ?? 0), 0);
  const keys = expectedKeys(report).filter((key) => names.some((name) => key.startsWith(name)));
  return {
    life,
    readLines: read,
    acknowledgedLines: keys.length,
    sentLines: keys.length,
    droppedLines: { rate_limited: read - keys.length },
    unknownGaps: 0,
  };
}

describe("kill -9 at random moments, with a collector that fails, hangs and hangs up", () => {
  test.concurrent.for(SEEDS)(
    "loses no line, doubles none with another face, and counts exactly (seed %i)",
    { timeout: 400_000 },
    async (seed, { expect, onTestFinished }) => {
      const random = seededRandom(seed);
      const directory = mkdtempSync(join(tmpdir(), "sightline-ship-"));
      onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
      const collector = await startCollector(troubled(random), onTestFinished);
      for (let kill = 0; kill < KILLS; kill += 1) {
        const ending = await killOne(start(collector, directory, "Infinity"), random);
        expect(ending).toEqual([null, "SIGKILL"]);
      }
      collector.behaviour = accept;
      const last = start(collector, directory, "300");
      onTestFinished(() => void last.kill("SIGKILL"));
      const report = await readReport(last);

      const faces = new Map<string, string>();
      let doubled = 0;
      for (const log of collector.logs()) {
        const key = keyOf(log);
        const face = JSON.stringify(log);
        if (faces.has(key)) doubled += 1;
        expect(faces.get(key) ?? face).toBe(face);
        faces.set(key, face);
      }
      const expected = expectedKeys(report);
      expect(expected.filter((key) => !faces.has(key))).toEqual([]);
      expect(faces.size).toBe(expected.length);
      // Else the collector was not troubled enough to prove anything.
      expect(doubled).toBeGreaterThan(0);
      expect(report).toMatchObject({ waitingRecords: 0, journalBytes: 0, corruptFiles: 0 });
      for (const life of new Set(SOURCES.map((source) => source.life))) {
        expect(report.accounts).toContainEqual(
          expect.objectContaining(expectedAccount(report, life)),
        );
      }
    },
  );
});
