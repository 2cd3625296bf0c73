import {
  appendFileSync,
  copyFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { follow, makeFolder, until } from "./support/follow.ts";
import { createRecorder } from "./support/recorder.ts";

test("reads what is there and what comes", async () => {
  const path = join(makeFolder(), "a.log");
  writeFileSync(path, "one\ntwo\n");
  const recorder = createRecorder();
  follow(recorder, path);
  await until(recorder, () => expect(recorder.texts()).toEqual(["one", "two"]));
  appendFileSync(path, "three\n\nfive\n");
  await until(recorder, () =>
    expect(recorder.texts()).toEqual(["one", "two", "three", "", "five"]),
  );
});

test("goes on behind the last journaled line after a restart", async () => {
  const path = join(makeFolder(), "a.log");
  writeFileSync(path, "one\ntwo\nthr");
  const recorder = createRecorder();
  const first = follow(recorder, path);
  await until(recorder, () => expect(recorder.texts()).toEqual(["one", "two"]));
  await first.stop();
  appendFileSync(path, "ee\nfour\n");
  follow(recorder, path);
  await until(recorder, () => expect(recorder.texts()).toEqual(["one", "two", "three", "four"]));
  expect(new Set(recorder.journaled.map(({ life }) => life)).size).toBe(1);
});

test("reads a renamed file to its end while the new one is followed", async () => {
  const path = join(makeFolder(), "a.log");
  writeFileSync(path, "old 1\n");
  const recorder = createRecorder();
  follow(recorder, path);
  await until(recorder, () => expect(recorder.texts()).toEqual(["old 1"]));
  renameSync(path, `${path}.1`);
  writeFileSync(path, "new 1\n");
  await until(recorder, () => expect(recorder.texts()).toContain("new 1"));
  appendFileSync(`${path}.1`, "old 2\n");
  await until(recorder, () => expect(recorder.texts()).toEqual(["old 1", "new 1", "old 2"]));
  expect(recorder.gaps).toEqual([]);
});

test("takes the rest of a truncated file from the copy that was made before", async () => {
  const path = join(makeFolder(), "a.log");
  writeFileSync(path, "old 1\n");
  const recorder = createRecorder();
  const first = follow(recorder, path);
  await until(recorder, () => expect(recorder.texts()).toEqual(["old 1"]));
  await first.stop();
  appendFileSync(path, "old 2\nold 3\n");
  copyFileSync(path, `${path}.1`);
  truncateSync(path);
  appendFileSync(path, "new 1\n");
  follow(recorder, path);
  await until(recorder, () => expect(recorder.texts()).toContain("new 1"));
  expect(recorder.texts()).toEqual(["old 1", "old 2", "old 3", "new 1"]);
  expect(new Set(recorder.journaled.map(({ life }) => life)).size).toBe(2);
  expect(recorder.gaps).toEqual([]);
});

test("tells a gap where a file was truncated before it was read and no copy is left", async () => {
  const path = join(makeFolder(), "a.log");
  writeFileSync(path, "one\n");
  const recorder = createRecorder();
  const source = follow(recorder, path);
  await until(recorder, () => expect(recorder.texts()).toEqual(["one"]));
  recorder.isFull = true;
  appendFileSync(path, "two\nthree\n");
  await until(recorder, () => expect(source.stats().unreadBytes).toBe(10));
  truncateSync(path);
  appendFileSync(path, "new\n");
  recorder.drain();
  await until(recorder, () => expect(recorder.texts()).toEqual(["one", "new"]));
  expect(recorder.gaps).toMatchObject([
    { reason: "source_rotated", lines: undefined, detail: expect.stringContaining("10 bytes") },
  ]);
});

test("reads a deleted file to its end, hands on its unfinished line and forgets it", async () => {
  const path = join(makeFolder(), "a.log");
  writeFileSync(path, "one\nhalf");
  const recorder = createRecorder();
  follow(recorder, path);
  await until(recorder, () => expect(recorder.texts()).toEqual(["one"]));
  rmSync(path);
  await until(recorder, () => expect(recorder.texts()).toEqual(["one", "half"]));
  await until(recorder, () => expect(recorder.forgotten).toHaveLength(1));
});
