import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "@sightline/wire";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  type BookedContainer,
  type BookedImage,
  openRunBook,
  type RunBook,
} from "../../src/containers/run-book.ts";

const START = 1_800_000_000_000;

let directory: string;
let troubles: string[];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "sightline-book-"));
  troubles = [];
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const open = (): Promise<RunBook> =>
  openRunBook({ directory, clock: systemClock, onTrouble: (text) => troubles.push(text) });

const container = (id: string, name = "web"): BookedContainer => ({
  id,
  name,
  service: name,
  image: "shop/web",
});

describe("run numbers", () => {
  it("count the starts under a name, over containers and restarts of the agent", async () => {
    const first = await open();
    expect(first.begin(container("aaa", "web"), START, 1)).toBe(1);
    first.noteEnd("aaa", 1, { unixMillis: START + 500 });
    expect(first.begin(container("aaa", "web"), START + 600, 1)).toBe(2);
    first.noteEnd("aaa", 2, { unixMillis: START + 5_000, exitCode: 3 });
    expect(first.begin(container("bbb", "web"), START + 6_000, 1)).toBe(3);
    await first.save();
    const second = await open();
    expect(second.begin(container("bbb", "web"), START + 6_010, 1)).toBe(3);
    expect(second.begin(container("ccc", "api"), START, 1)).toBe(1);
  });

  it("begin with what Docker counted, where the agent came later", async () => {
    expect((await open()).begin(container("aaa", "web"), START, 5)).toBe(5);
  });

  it("remember whether a death was told", async () => {
    const book = await open();
    book.begin(container("aaa", "web"), START, 1);
    expect(book.lastOf("aaa")).toMatchObject({ run: 1, isTold: false });
    book.noteTold("aaa", 1);
    book.noteTold("aaa", 7);
    await book.save();
    expect((await open()).lastOf("aaa")).toMatchObject({ run: 1, isTold: true });
    expect((await open()).untold()).toEqual([]);
  });

  it("keep every start whose death is not told, of a container that dies again and again", async () => {
    const book = await open();
    for (const n of [0, 1, 2]) {
      book.begin(container("aaa"), START + n * 1_000, 1);
      book.noteEnd("aaa", n + 1, { unixMillis: START + n * 1_000 + 300, exitCode: n });
    }
    book.noteTold("aaa", 2);
    await book.save();
    expect((await open()).untold().map(({ run, end }) => [run, end?.exitCode])).toEqual([
      [1, 0],
      [3, 2],
    ]);
  });

  it("forget a container that is gone, but not the number under its name", async () => {
    const book = await open();
    book.begin(container("aaa"), START, 1);
    book.forget("aaa");
    expect(book.lastOf("aaa")).toBeUndefined();
    expect(book.begin(container("bbb"), START + 9_000, 1)).toBe(2);
  });

  it("work for names that mean something to JavaScript", async () => {
    const book = await open();
    expect(book.begin(container("aaa", "__proto__"), START, 1)).toBe(1);
    expect(book.begin(container("bbb", "constructor"), START, 1)).toBe(1);
    await book.save();
    const later = await open();
    expect(later.begin(container("ccc", "__proto__"), START + 9_000, 1)).toBe(2);
    expect(later.begin(container("ddd", "constructor"), START + 9_000, 1)).toBe(2);
  });
});

describe("images", () => {
  it("tell a deployment from a restart", async () => {
    const book = await open();
    const image = (imageId: string, release: string, createdUnixMillis: number): BookedImage => ({
      imageId,
      release,
      createdUnixMillis,
    });
    expect(book.noteImage("web", image("sha256:1", "1.0", START))).toEqual({ status: "first" });
    expect(book.noteImage("web", image("sha256:1", "1.0", START + 1))).toEqual({ status: "same" });
    expect(book.noteImage("web", image("sha256:2", "1.1", START + 2))).toEqual({
      status: "changed",
      from: "1.0",
    });
    // An old container that is seen again deploys nothing.
    expect(book.noteImage("web", image("sha256:1", "1.0", START))).toEqual({ status: "same" });
  });
});

describe("the book on disk", () => {
  it("is begun anew, and the old one kept, when it is torn", async () => {
    writeFileSync(join(directory, "runs.json"), '{"version":1,"runs":{"web":{"ru');
    const book = await open();
    expect(book.begin(container("aaa", "web"), START, 1)).toBe(1);
    expect(troubles[0]).toMatch(/is damaged .* run numbers begin anew/);
    expect(readdirSync(directory)).toContain("runs.json.corrupt");
  });

  it("says so when it is of another version", async () => {
    writeFileSync(join(directory, "runs.json"), '{"version":2}');
    await open();
    expect(troubles[0]).toContain('version "2" is not 1');
  });

  it("says so, and goes on, when it cannot be written", async () => {
    const book = await open();
    rmSync(directory, { recursive: true });
    book.begin(container("aaa", "web"), START, 1);
    await book.save();
    expect(troubles[0]).toMatch(/cannot write .* run numbers may repeat/);
    expect(book.begin(container("bbb", "web"), START + 9_000, 1)).toBe(2);
  });

  it("keeps what others ask it to", async () => {
    const book = await open();
    book.keep("restarts", { web: [1] });
    await book.save();
    expect(JSON.parse(readFileSync(join(directory, "runs.json"), "utf8")).kept).toEqual({
      restarts: { web: [1] },
    });
  });
});

describe("a damaged journal", () => {
  it("makes the deaths of the last day untold, and leaves older ones", async () => {
    const book = await open();
    const now = systemClock.now();
    const ends = { fresh: now - 3_600_000, old: now - 25 * 3_600_000 };
    for (const [id, unixMillis] of Object.entries(ends)) {
      book.begin(container(id, id), unixMillis - 1_000, 1);
      book.noteEnd(id, 1, { unixMillis, exitCode: 137 });
      book.noteTold(id, 1);
    }
    book.begin(container("runs", "runs"), now, 1);
    book.doubtTold();
    await book.save();
    const again = await open();
    expect(again.untold().map((run) => run.container.id)).toEqual(["fresh", "runs"]);
  });
});
