import { statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { makeFolder } from "../../src/spool/make-folder.ts";
import { makeTemporaryFolder } from "../fixtures/temporary-folder.ts";

describe("makeFolder", () => {
  test("makes what is missing, each with the mode, and is content with what is there", () => {
    const root = makeTemporaryFolder();
    makeFolder(join(root, "a/b/c"), 0o700);
    makeFolder(join(root, "a/b/c"), 0o700);
    for (const path of ["a", "a/b", "a/b/c"]) {
      expect(statSync(join(root, path)).mode & 0o777).toBe(0o700);
    }
  });

  test("throws where Node's recursive mkdir never returns", () => {
    expect(() => makeFolder("/proc/sightline/spool", 0o700)).toThrow("ENOENT");
  });

  test("throws below a file", () => {
    const file = join(makeTemporaryFolder(), "file");
    writeFileSync(file, "");
    expect(() => makeFolder(join(file, "spool"), 0o700)).toThrow("ENOTDIR");
  });
});
