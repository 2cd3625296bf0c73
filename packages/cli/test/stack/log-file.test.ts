import {
  appendFileSync,
  closeSync,
  existsSync,
  openSync,
  readFileSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { limitLogFile, readLogTail, sizeOf } from "../../src/stack/log-file.ts";
import { tempDirectory } from "../support/temp.ts";

describe("the end of a log", () => {
  it("holds what was said from an offset on, without empty lines", () => {
    const path = join(tempDirectory(), "a.log");
    writeFileSync(path, "old run\n");
    const offset = sizeOf(path);
    expect(readLogTail(path, offset, 10)).toEqual([]);
    appendFileSync(path, "one\n\n  \ntwo\nthree");
    expect(readLogTail(path, offset, 10)).toEqual(["one", "two", "three"]);
    expect(readLogTail(path, offset, 2)).toEqual(["two", "three"]);
  });

  it("is empty where there is no file", () => {
    expect(readLogTail(join(tempDirectory(), "none.log"), 0, 5)).toEqual([]);
    expect(sizeOf(join(tempDirectory(), "none.log"))).toBe(0);
  });

  it("begins with a whole line in a long file, and with whole characters", () => {
    const path = join(tempDirectory(), "a.log");
    const line = "ä€😀".repeat(40);
    writeFileSync(path, `${line}\n`.repeat(200));
    const tail = readLogTail(path, 0, 1_000);
    expect(tail.length).toBeGreaterThan(10);
    expect(new Set(tail)).toEqual(new Set([line]));
  });

  it("shows a line longer than all that is read, cut", () => {
    const path = join(tempDirectory(), "a.log");
    writeFileSync(path, "x".repeat(100_000));
    expect(readLogTail(path, 0, 5)).toEqual(["x".repeat(16 * 1024)]);
  });

  it("is found after the file was emptied below the offset", () => {
    const path = join(tempDirectory(), "a.log");
    writeFileSync(path, "last words\n");
    expect(readLogTail(path, 5_000, 5)).toEqual(["last words"]);
  });
});

describe("a log that grows too large", () => {
  it("is emptied in place with one copy kept; who holds it open goes on at its beginning", () => {
    const path = join(tempDirectory(), "a.log");
    const server = openSync(path, "a");
    writeSync(server, "x".repeat(100));
    limitLogFile(path, 100);
    expect(existsSync(`${path}.1`)).toBe(false);
    writeSync(server, "y");
    limitLogFile(path, 100);
    expect(readFileSync(`${path}.1`, "utf8")).toBe(`${"x".repeat(100)}y`);
    writeSync(server, "z\n");
    closeSync(server);
    expect(readFileSync(path, "utf8")).toBe("z\n");
  });

  it("is emptied also where no copy can be made", () => {
    const path = join(tempDirectory(), "a".repeat(254));
    writeFileSync(path, "x".repeat(101));
    limitLogFile(path, 100);
    expect(sizeOf(path)).toBe(0);
  });
});
