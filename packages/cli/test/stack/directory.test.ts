import { mkdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { makeDirectory } from "../../src/stack/directory.ts";
import { tempDirectory } from "../support/temp.ts";

describe("making a directory", () => {
  it("makes those above it too, for its owner alone, and may be asked again", () => {
    const root = tempDirectory();
    for (let round = 0; round < 2; round++) makeDirectory(join(root, "a/b/c"));
    for (const path of ["a", "a/b", "a/b/c"]) {
      expect(statSync(join(root, path)).mode & 0o777).toBe(0o700);
    }
  });

  it("goes through a symbolic link", () => {
    const root = tempDirectory();
    mkdirSync(join(root, "real"));
    symlinkSync("real", join(root, "link"));
    makeDirectory(join(root, "link/a"));
    expect(statSync(join(root, "real/a")).isDirectory()).toBe(true);
  });

  it.each([
    { what: "a file in the way", path: "file", code: "EEXIST" },
    { what: "a file above it", path: "file/a/b", code: "ENOTDIR" },
  ])("fails on $what", ({ path, code }) => {
    const root = tempDirectory();
    writeFileSync(join(root, "file"), "");
    expect(() => makeDirectory(join(root, path))).toThrow(code);
  });

  it("ends where no directory can ever be made", () => {
    expect(() => makeDirectory("/proc/sightline/data")).toThrow("ENOENT");
  });
});
