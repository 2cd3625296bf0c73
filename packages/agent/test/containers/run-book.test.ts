import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "@sightline/wire";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openRunBook, type RunBook } from "../../src/containers/run-book.ts";

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

describe("run numbers", () => {
  it("count the starts under a name, over containers and restarts of the agent", async () => {
    const first = await open();
    expect(first.begin("web", "aaa", START, 1)).toBe(1);
    first.noteEnd("web", 1, START + 500);
    expect(first.begin("web", "aaa", START + 600, 1)).toBe(2);
    first.noteEnd("web", 2, START + 5_000);
    expect(first.begin("web", "bbb", START + 6_000, 1)).toBe(3);
    await first.save();
    const second = await open();
    expect(second.begin("web", "bbb", START + 6_010, 1)).toBe(3);
    expect(second.begin("api", "ccc", START, 1)).toBe(1);
  });

  it("begin with what Docker counted, where the agent came later", async () => {
    expect((await open()).begin("web", "aaa", START, 5)).toBe(5);
  });

  it("remember whether a death was told", async () => {
    const book = await open();
    book.begin("web", "aaa", START, 1);
    expect(book.lastOf("web")).toMatchObject({ run: 1, isTold: false });
    book.noteTold("web", 1);
    book.noteTold("web", 7);
    await book.save();
    expect((await open()).lastOf("web")).toMatchObject({ run: 1, isTold: true });
  });

  it("work for names that mean something to JavaScript", async () => {
    const book = await open();
    expect(book.begin("__proto__", "aaa", START, 1)).toBe(1);
    expect(book.begin("constructor", "bbb", START, 1)).toBe(1);
    await book.save();
    expect((await open()).lastOf("constructor")?.run).toBe(1);
    expect((await open()).lastOf("__proto__")?.run).toBe(1);
  });
});

describe("images", () => {
  it("tell a deployment from a restart", async () => {
    const book = await open();
    expect(book.noteImage("web", "sha256:1", "1.0")).toEqual({ status: "first" });
    expect(book.noteImage("web", "sha256:1", "1.0")).toEqual({ status: "same" });
    expect(book.noteImage("web", "sha256:2", "1.1")).toEqual({ status: "changed", from: "1.0" });
  });
});

describe("the book on disk", () => {
  it("is begun anew, and the old one kept, when it is torn", async () => {
    writeFileSync(join(directory, "runs.json"), '{"version":1,"runs":{"web":{"ru');
    const book = await open();
    expect(book.begin("web", "aaa", START, 1)).toBe(1);
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
    book.begin("web", "aaa", START, 1);
    await book.save();
    expect(troubles[0]).toMatch(/cannot write .* run numbers may repeat/);
    expect(book.begin("web", "bbb", START + 9_000, 1)).toBe(2);
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
