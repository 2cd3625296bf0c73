import { chmodSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "@sightline/wire";
import { describe, expect, onTestFinished, test } from "vitest";
import {
  createJournaldSource,
  type JournaldSource,
  type JournaldSourceOptions,
} from "../../src/journald/journald-source.ts";
import { until } from "../files/support/follow.ts";
import { createRecorder, type Recorder } from "../files/support/recorder.ts";
import {
  type Entry,
  makeJournalFolder,
  whyNoJournal,
  writeJournal,
} from "./support/write-journal.ts";

const START_MICROS = 1_764_000_000_000_000;

function follow(
  recorder: Recorder,
  directory: string,
  changes: Partial<JournaldSourceOptions> = {},
): JournaldSource {
  const source = createJournaldSource({
    units: ["api.service"],
    openSink: recorder.openSink,
    clock: systemClock,
    log: recorder.log,
    directory,
    ...changes,
  });
  onTestFinished(() => source.stop());
  return source;
}

function numbered(from: number, to: number, more: Partial<Entry> = {}): Entry[] {
  return Array.from({ length: to - from + 1 }, (_, n) => ({
    message: `line ${from + n}`,
    micros: START_MICROS + from + n,
    ...more,
  }));
}

const texts = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, n) => `line ${from + n}`);

describe.skipIf(whyNoJournal)(`a real journal${whyNoJournal ? ` (${whyNoJournal})` : ""}`, () => {
  test("hands on the entries of its unit alone, with their priority and time", async () => {
    const directory = makeJournalFolder();
    writeJournal(join(directory, "a.journal"), [
      { message: "mine", micros: START_MICROS + 1, priority: 3 },
      { message: "not mine", micros: START_MICROS + 2, unit: "db.service" },
      { message: Buffer.from("\u00fc\xff\0x\nsecond", "latin1"), micros: START_MICROS + 3 },
    ]);
    const recorder = createRecorder();
    follow(recorder, directory);
    await until(recorder, () => expect(recorder.journaled).toHaveLength(2));
    expect(recorder.journaled).toMatchObject([
      { text: "mine", priority: 3, time: [1_764_000_000, 1_000], key: "journald:api.service" },
      { text: "\ufffd\ufffd\0x\nsecond", cutBytes: 0, time: [1_764_000_000, 3_000] },
    ]);
    expect(recorder.journaled[1]).not.toHaveProperty("priority");
  });

  test("keeps equal lines of one microsecond apart", async () => {
    const directory = makeJournalFolder();
    const entry = { message: "same", micros: START_MICROS + 7 };
    writeJournal(join(directory, "a.journal"), [entry, entry, entry]);
    const recorder = createRecorder();
    follow(recorder, directory);
    await until(recorder, () => expect(recorder.journaled).toHaveLength(3));
    expect(recorder.journaled.map(({ time }) => time[1])).toEqual([7_000, 7_001, 7_002]);
  });

  test("goes on behind the last journaled entry, also over a restart of the machine", async () => {
    const directory = makeJournalFolder();
    const file = join(directory, "a.journal");
    writeJournal(file, numbered(1, 3));
    const recorder = createRecorder();
    const first = follow(recorder, directory);
    await until(recorder, () => expect(recorder.texts()).toEqual(texts(1, 3)));
    await first.stop();
    writeJournal(file, [...numbered(4, 6), ...numbered(7, 9, { boot: 2 })]);
    follow(recorder, directory);
    await until(recorder, () => expect(recorder.texts()).toEqual(texts(1, 9)));
    writeJournal(file, numbered(10, 12, { boot: 2 }));
    await until(recorder, () => expect(recorder.texts()).toEqual(texts(1, 12)));
    expect(recorder.gaps).toEqual([]);
  });

  test("tells a gap where the journal was cut off past what had been read", async () => {
    const directory = makeJournalFolder();
    writeJournal(join(directory, "a.journal"), numbered(1, 3));
    const recorder = createRecorder();
    const first = follow(recorder, directory);
    await until(recorder, () => expect(recorder.texts()).toEqual(texts(1, 3)));
    await first.stop();
    rmSync(join(directory, "a.journal"));
    writeJournal(join(directory, "b.journal"), numbered(8, 9));
    follow(recorder, directory);
    await until(recorder, () => expect(recorder.texts()).toEqual([...texts(1, 3), ...texts(8, 9)]));
    expect(recorder.gaps).toMatchObject([{ reason: "source_rotated", lines: undefined }]);
  });

  test("waits while there is no room, and loses nothing", async () => {
    const directory = makeJournalFolder();
    writeJournal(join(directory, "a.journal"), numbered(1, 9_000));
    const recorder = createRecorder();
    recorder.isFull = true;
    follow(recorder, directory);
    await until(recorder, () => expect(recorder.journaled.length).toBeGreaterThan(0));
    expect(recorder.journaled.length).toBeLessThan(5_000);
    recorder.drain();
    await until(recorder, () => expect(recorder.journaled).toHaveLength(9_000));
    expect(recorder.texts()).toEqual(texts(1, 9_000));
  });

  test("starts journalctl again when it dies, and goes on behind the last entry", async () => {
    const directory = makeJournalFolder();
    const file = join(directory, "a.journal");
    const program = join(makeJournalFolder(), "journalctl");
    const pidFile = `${program}.pid`;
    writeFileSync(program, `#!/bin/sh\necho $$ >'${pidFile}'\nexec journalctl "$@"\n`);
    chmodSync(program, 0o755);
    writeJournal(file, numbered(1, 3));
    const recorder = createRecorder();
    follow(recorder, directory, { program });
    await until(recorder, () => expect(recorder.texts()).toEqual(texts(1, 3)));
    process.kill(Number(readFileSync(pidFile, "utf8")), "SIGKILL");
    writeJournal(file, numbered(4, 6));
    await until(recorder, () => expect(recorder.texts()).toEqual(texts(1, 6)));
    expect(recorder.logs).toEqual([expect.stringContaining("SIGKILL")]);
  });

  test("goes on by time where journalctl refuses the saved cursor", async () => {
    const directory = makeJournalFolder();
    writeJournal(join(directory, "a.journal"), numbered(1, 5));
    const recorder = createRecorder();
    const openSink: JournaldSourceOptions["openSink"] = (key, unit, life) => ({
      ...recorder.openSink(key, unit, life),
      resumePosition: () => ({ cursor: "torn", time: [1_764_000_000, 3_000] }),
    });
    follow(recorder, directory, { openSink });
    await until(recorder, () => expect(recorder.texts()).toEqual(texts(4, 5)));
  });
});

test("says what to do where there is no journalctl", async () => {
  const recorder = createRecorder();
  const source = follow(recorder, makeJournalFolder(), { program: "no-such-journalctl" });
  await until(recorder, () =>
    expect(recorder.logs).toEqual([expect.stringContaining('no program "no-such-journalctl"')]),
  );
  expect(source.stats()).toEqual({ units: 1, runningUnits: 0 });
});
