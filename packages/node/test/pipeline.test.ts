import { readdirSync } from "node:fs";
import type { LineJournal, LineRecord } from "@sightline/wire";
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import type { HostFacts } from "../src/config/node-config.ts";
import { resolveConfig } from "../src/config/resolve-config.ts";
import type { StartOptions } from "../src/config/start-options.ts";
import { createPipeline, type Pipeline } from "../src/pipeline.ts";
import { type OtlpReceiver, openReceiver } from "./support/otlp-receiver.ts";
import { type DataDirectory, makeDataDirectory } from "./support/run-app.ts";

const FACTS: HostFacts = {
  packageName: "shop",
  packageVersion: "1.0.0",
  hostname: "vm-1",
  isContainer: false,
  homeDirectory: "/home/nobody",
  instanceId: "instance-1",
  distroVersion: "0.1.0",
};

let receiver: OtlpReceiver;
let data: DataDirectory;

beforeEach(async () => {
  receiver = await openReceiver();
  data = makeDataDirectory();
});

afterEach(async () => {
  await receiver.close();
  data.remove();
});

/** Counts what it is told, and keeps the bytes. */
function createJournal() {
  const kept: Buffer[] = [];
  const settled = new Set<number>();
  const journal: LineJournal = {
    append: (record) => kept.push(Buffer.from(record)),
    settle: (numbers) => {
      for (const number of numbers) settled.add(number);
    },
  };
  return { journal, kept, settled };
}

function open(options: StartOptions, journal?: LineJournal): Pipeline {
  const { config, faults } = resolveConfig({
    options: {
      serviceName: "shop",
      endpoint: receiver.endpoint,
      spoolDirectory: data.path,
      compression: "none",
      metrics: false,
      ...options,
    },
    env: {},
    facts: FACTS,
  });
  expect(faults).toEqual([]);
  const pipeline = createPipeline(config, { journal });
  onTestFinished(async () => void (await pipeline.shutdown(0)));
  return pipeline;
}

function line(body: string): LineRecord {
  const base = { timeUnixMillis: Date.now(), severityNumber: 9, severityText: "info" };
  return { ...base, body, attributes: { kind: "log" } };
}

describe("the lines of a pipeline", () => {
  it("are kept in the journal at once, sent as the same bytes, and settled when they are taken", async () => {
    const { journal, kept, settled } = createJournal();
    const pipeline = open({}, journal);
    for (let n = 1; n <= 3; n += 1) pipeline.lines?.emit(line(`line ${n}`));
    expect(kept).toHaveLength(3);
    expect(pipeline.bufferedBytes()).toBeGreaterThan(0);
    expect(settled.size).toBe(0);

    expect(await pipeline.flush(10_000)).toEqual({ status: "flushed" });
    expect(receiver.logs.map(({ body }) => body)).toEqual(["line 1", "line 2", "line 3"]);
    expect(receiver.logs[0]?.resource).toMatchObject({ "service.name": "shop" });
    for (const bytes of kept)
      expect(receiver.bodies.some((body) => body.includes(bytes))).toBe(true);
    expect([...settled]).toEqual([1, 2, 3]);
    expect(pipeline.bufferedBytes()).toBe(0);
  });

  it("take what libraries say through the API along, masked, in the same order", async () => {
    const { journal, kept } = createJournal();
    const pipeline = open({}, journal);
    pipeline.lines?.emit(line("ours"));
    pipeline.loggerProvider?.getLogger("the-library").emit({
      body: "theirs password=hunter2",
      attributes: { token: "hunter2", rows: 3 },
    });
    expect(kept).toHaveLength(2);
    await pipeline.shutdown(10_000);
    expect(receiver.logs.map(({ body }) => body)).toEqual([
      "ours",
      "theirs password=[redacted:key]",
    ]);
    expect(receiver.logs[1]?.attributes).toEqual({
      token: "[redacted:key]",
      rows: 3,
      kind: "log",
      "logger.name": "the-library",
    });
    expect(Buffer.concat(kept).includes("hunter2")).toBe(false);
  });

  it("are on disk and settled after saveSync, without a turn of the event loop", async () => {
    const { journal, settled } = createJournal();
    const pipeline = open({}, journal);
    for (let n = 0; n < 1_000; n += 1) pipeline.lines?.emit(line(`line ${n}`));
    pipeline.saveSync();
    expect(settled.size).toBe(1_000);
    const files = readdirSync(data.path, { recursive: true }).map(String);
    expect(files.filter((name) => name.endsWith(".batch"))).toHaveLength(2);
  });

  it("are all handed over by a shutdown, with what was to be said last", async () => {
    const pipeline = open({});
    pipeline.onHandOver(() => pipeline.lines?.emit(line("said last")));
    pipeline.lines?.emit(line("said first"));
    expect(await pipeline.shutdown(10_000)).toEqual({ status: "flushed" });
    expect(receiver.logs.map(({ body }) => body)).toEqual(["said first", "said last"]);
  });

  it("are none where logs are off", () => {
    const pipeline = open({ logs: "off" });
    expect(pipeline.lines).toBeUndefined();
    expect(pipeline.loggerProvider).toBeUndefined();
    expect(pipeline.bufferedBytes()).toBe(0);
  });
});
