/** The teller of deaths dies too: again and again, at any moment. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { expect, it } from "vitest";
import { useReceiverBed } from "../support/receiver-bed.ts";
import { type App, runApp } from "../support/run-app.ts";
import { createSeededRandom } from "../support/seeded-random.ts";
import { until } from "../support/until.ts";

const REGISTER = new URL("../../src/register.ts", import.meta.url).href;
const LINES = 3_000;
const KILLS = 12;

const bed = useReceiverBed();

function run(death: string, lines: number): App {
  return runApp("dying.ts", {
    endpoint: bed.receiver.endpoint,
    dataDirectory: bed.data.path,
    nodeArgs: ["--import", REGISTER],
    env: { DEATH: death, LINES: String(lines), OTEL_METRICS_EXPORTER: "none" },
  });
}

function ringFolders(): number {
  const folder = join(bed.data.path, "ring", "fixture");
  return readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
    /ring-\d+-[0-9a-f]+$/.test(name),
  ).length;
}

/** What the store keeps of records that are equal in time, text and fields: one. */
function stored(bodies: (body: string) => boolean): string[] {
  const records = bed.receiver.logs.filter(({ body }) => bodies(body));
  const unique = new Map(
    records.map(({ timeUnixNanos, body, attributes }) => [
      `${timeUnixNanos} ${body} ${JSON.stringify(attributes)}`,
      body,
    ]),
  );
  return [...unique.values()];
}

it.each([1, 2, 3])(
  "loses no line and stores none twice when each recovery is killed at a random moment, seed %i",
  async (seed) => {
    const random = createSeededRandom(seed);
    await run("sigkill", LINES).ended;
    for (let kill = 0; kill < KILLS; kill += 1) {
      const teller = run("stays", 0);
      await teller.prints("stays");
      // From before its first look to long after it.
      await pause(random() * 60);
      teller.child.kill("SIGKILL");
      await teller.ended;
    }
    const last = run("stays", 0);
    await last.prints("stays");
    await until("only its own ring is left", () => ringFolders() === 1);
    await bed.receiver.until(() => new Set(stored(isLine)).size >= LINES);
    last.child.kill("SIGTERM");
    await last.ended;

    const lines = stored(isLine);
    expect(lines).toHaveLength(LINES);
    expect(new Set(lines).size).toBe(LINES);
    // One of the first death and one of each teller, in which nothing else was to be told.
    const deaths = stored((body) => body.startsWith("fixture died: killed"));
    expect(deaths).toHaveLength(1 + KILLS);
    const again = bed.receiver.logs.filter(({ body }) => isLine(body)).length - LINES;
    console.log(`seed ${seed}: ${again} of ${LINES} lines were sent a second time, as equal bytes`);
  },
  120_000,
);

it("has every line that was logged, when a process that logs and sends is killed at any moment", async () => {
  const random = createSeededRandom(4);
  const logged: string[] = [];
  for (let generation = 1; generation <= 12; generation += 1) {
    const app = runApp("log-until-killed.mjs", {
      endpoint: bed.receiver.endpoint,
      dataDirectory: bed.data.path,
      nodeArgs: ["--import", REGISTER],
      env: { GENERATION: String(generation), OTEL_METRICS_EXPORTER: "none" },
    });
    await app.prints("\n");
    // Batches are sent after a second, or when they are full: before, between and behind that.
    await pause(random() * 1_500);
    app.child.kill("SIGKILL");
    const { stdout } = await app.ended;
    // A line that is cut off was not said to be logged.
    logged.push(...stdout.slice(0, stdout.lastIndexOf("\n")).split("\n"));
  }
  const last = run("stays", 0);
  await last.prints("stays");
  await until("only its own ring is left", () => ringFolders() === 1);
  const isOfThem = (body: string): boolean => /^g\d+ \d+$/.test(body);
  await bed.receiver.until(() => {
    const found = new Set(bed.receiver.logs.map(({ body }) => body));
    return logged.every((line) => found.has(line));
  });
  last.child.kill("SIGTERM");
  await last.ended;
  const lines = stored(isOfThem);
  expect(logged.length).toBeGreaterThan(1_000);
  expect(lines).toHaveLength(new Set(lines).size);
}, 120_000);

function isLine(body: string): boolean {
  return /^line \d+$/.test(body);
}
