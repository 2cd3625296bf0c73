import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  closeSync,
  ftruncateSync,
  linkSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { permissionText, problemText } from "../../src/files/find-files.ts";
import { follow, makeFolder, until } from "./support/follow.ts";
import { createRecorder } from "./support/recorder.ts";

test("reads a file once that several paths lead to, and no folder, pipe or compressed file", async () => {
  const folder = makeFolder();
  writeFileSync(join(folder, "a.log"), "one\n");
  linkSync(join(folder, "a.log"), join(folder, "b.log"));
  symlinkSync("a.log", join(folder, "c.log"));
  symlinkSync("nowhere", join(folder, "dangling.log"));
  mkdirSync(join(folder, "folder.log"));
  execFileSync("mkfifo", [join(folder, "pipe.log")]);
  writeFileSync(join(folder, "old.log.gz"), "not text\n");
  const recorder = createRecorder();
  follow(recorder, join(folder, "*.log*"));
  await until(recorder, () => expect(recorder.texts()).toEqual(["one"]));
  appendFileSync(join(folder, "b.log"), "two\n");
  await until(recorder, () => expect(recorder.texts()).toEqual(["one", "two"]));
});

test.each(["pipe", "folder"])("says once that a %s is not read", async (kind) => {
  const path = join(makeFolder(), kind);
  if (kind === "pipe") execFileSync("mkfifo", [path]);
  else mkdirSync(path);
  const recorder = createRecorder();
  follow(recorder, path);
  await until(recorder, () => expect(recorder.logs).toHaveLength(1));
  expect(recorder.logs[0]).toContain(`"${path}" is a ${kind}`);
  rmSync(path, { recursive: true });
  writeFileSync(path, "now a file\n");
  await until(recorder, () => expect(recorder.texts()).toEqual(["now a file"]));
  expect(recorder.logs).toHaveLength(1);
});

test("a file that may not be read comes with what to do", () => {
  const look = { status: "failed", code: "EACCES", message: "permission denied" } as const;
  expect(problemText("/var/log/x", look, true)).toBe(permissionText("/var/log/x"));
  expect(permissionText("/var/log/x")).toMatch(/setfacl -m u:\d+:rX '\/var\/log\/x'/);
});

test("follows a symbolic link to its new file, and the old file to its end", async () => {
  const folder = makeFolder();
  const [one, two, link] = ["one", "two", "now.log"].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  writeFileSync(one, "1\n");
  symlinkSync(one, link);
  const recorder = createRecorder();
  follow(recorder, link);
  await until(recorder, () => expect(recorder.texts()).toEqual(["1"]));
  writeFileSync(two, "3\n");
  symlinkSync(two, `${link}.new`);
  renameSync(`${link}.new`, link);
  appendFileSync(one, "2\n");
  await until(recorder, () => expect(recorder.texts().sort()).toEqual(["1", "2", "3"]));
});

test("cuts a line of 10 MB, and reads on behind it", async () => {
  const path = join(makeFolder(), "a.log");
  writeFileSync(path, `${"x".repeat(10_000_000)}\nnext\n`);
  const recorder = createRecorder();
  follow(recorder, path);
  await until(recorder, () => expect(recorder.journaled).toHaveLength(2));
  const [long, next] = recorder.journaled;
  expect((long?.text.length ?? 0) + (long?.cutBytes ?? 0)).toBe(10_000_000);
  expect(next).toMatchObject({ text: "next", cutBytes: 0 });
});

test("leaves out the hole that a truncation leaves under a writer that does not append", async () => {
  const path = join(makeFolder(), "a.log");
  const descriptor = openSync(path, "w");
  writeSync(descriptor, "one\ntwo\n");
  const recorder = createRecorder();
  follow(recorder, path);
  await until(recorder, () => expect(recorder.texts()).toEqual(["one", "two"]));
  ftruncateSync(descriptor);
  writeSync(descriptor, "three\n");
  closeSync(descriptor);
  await until(recorder, () => expect(recorder.texts()).toEqual(["one", "two", "three"]));
});

test("knows a new file that got the inode of a deleted one", async () => {
  const path = join(makeFolder(), "a.log");
  writeFileSync(path, "old 1\nold 2\n");
  const recorder = createRecorder();
  const first = follow(recorder, path);
  await until(recorder, () => expect(recorder.texts()).toHaveLength(2));
  await first.stop();
  // The same inode with other bytes, whatever the file system does about inodes.
  writeFileSync(path, "new 1\nnew 2\nnew 3\n");
  follow(recorder, path);
  await until(recorder, () =>
    expect(recorder.texts().slice(2)).toEqual(["new 1", "new 2", "new 3"]),
  );
  expect(recorder.gaps).toMatchObject([{ reason: "source_rotated", lines: undefined }]);
});

test("hands on the rest of a half line as such, once", async () => {
  const path = join(makeFolder(), "a.log");
  writeFileSync(path, "one\nha");
  const recorder = createRecorder();
  const first = follow(recorder, path);
  await until(recorder, () => expect(recorder.texts()).toEqual(["one"]));
  renameSync(path, `${path}.1`);
  await until(recorder, () => expect(recorder.texts()).toEqual(["one", "ha"]));
  await first.stop();
  appendFileSync(`${path}.1`, "lf\ntwo\n");
  follow(recorder, path);
  await until(recorder, () => expect(recorder.texts()).toEqual(["one", "ha", "… lf", "two"]));
});

test("a file that is met for the first time is read from its last part, later ones wholly", async () => {
  const folder = makeFolder();
  const lines = Array.from({ length: 1_000 }, (_, n) => `line ${n}\n`).join("");
  writeFileSync(join(folder, "old.log"), lines);
  const recorder = createRecorder();
  follow(recorder, join(folder, "*.log"), { historyBytes: 100 });
  await until(recorder, () => expect(recorder.texts().at(-1)).toBe("line 999"));
  expect(recorder.texts()).toHaveLength(11);
  expect(recorder.logs).toEqual([expect.stringContaining("is met for the first time")]);
  writeFileSync(join(folder, "new.log"), lines);
  await until(recorder, () => expect(recorder.texts()).toHaveLength(1_011));
});

test("reads more files than it may hold open", async () => {
  const folder = makeFolder();
  const paths = Array.from({ length: 40 }, (_, n) => join(folder, `${n}.log`));
  for (const path of paths) writeFileSync(path, "1\n");
  const recorder = createRecorder();
  const source = follow(recorder, join(folder, "*.log"), { maxOpenFiles: 5 });
  await until(recorder, () => expect(recorder.texts()).toHaveLength(40));
  expect(source.stats().openFiles).toBeLessThanOrEqual(5);
  expect(recorder.logs).toEqual([expect.stringContaining("more files than are held open (5)")]);
  for (const path of paths) appendFileSync(path, "2\n");
  await until(recorder, () => expect(recorder.texts()).toHaveLength(80));
});

test("one file without room does not hold up another, and nothing is read past the room", async () => {
  const folder = makeFolder();
  writeFileSync(join(folder, "full.log"), "x".repeat(99).concat("\n").repeat(10_000));
  const full = createRecorder();
  const free = createRecorder();
  full.isFull = true;
  const source = follow(free, join(folder, "*.log"), {
    openSink: (key, path, life) =>
      (path.endsWith("full.log") ? full : free).openSink(key, path, life),
  });
  await until(free, () => expect(source.stats().blockedFiles).toBe(1));
  writeFileSync(join(folder, "free.log"), "1\n");
  await until(free, () => expect(free.texts()).toEqual(["1"]));
  expect(full.waiting()).toBe(0);
  full.drain();
  await until(full, () => expect(full.journaled).toHaveLength(10_000));
});

test("files of two globs are read once, for the first", async () => {
  const path = join(makeFolder(), "a.log");
  writeFileSync(path, "one\n");
  const claims = new Map<string, string>();
  const [first, second] = [createRecorder(), createRecorder()];
  follow(first, path, { claims });
  await until(first, () => expect(first.texts()).toEqual(["one"]));
  follow(second, `${path}*`, { claims });
  await until(second, () => expect(second.logs).toEqual([expect.stringContaining("matches")]));
  expect(second.texts()).toEqual([]);
});

test("a saved position that is torn or foreign means from the start", async () => {
  const path = join(makeFolder(), "a.log");
  writeFileSync(path, "one\n");
  for (const position of [
    null,
    7,
    "x",
    [],
    {},
    { offset: -1, place: {} },
    { offset: 1, place: { mark: {} }, time: [0, 0] },
  ]) {
    const recorder = createRecorder();
    const source = follow(recorder, path, { positionOf: () => position as never });
    await until(recorder, () => expect(recorder.texts()).toEqual(["one"]));
    await source.stop();
  }
});
