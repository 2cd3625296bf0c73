import { execFileSync } from "node:child_process";
import { truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { resolveSecret } from "../../src/live/resolve-secret.ts";
import { tempDirectory } from "../support/temp.ts";

describe("resolveSecret", () => {
  it("reads a file without the line break at its end", () => {
    const file = join(tempDirectory(), "secret");
    writeFileSync(file, "value\r\n");
    expect(resolveSecret({ kind: "secret", from: "file", name: file }, {})).toEqual({
      status: "ok",
      value: "value",
    });
  });

  it("says what is wrong with a pipe, a device, a folder and a file that is far too large", () => {
    const folder = tempDirectory();
    const pipe = join(folder, "pipe");
    execFileSync("mkfifo", [pipe]);
    const large = join(folder, "large");
    writeFileSync(large, "");
    truncateSync(large, 8 * 1024 ** 3);
    const reasons = [pipe, "/dev/zero", folder, large].map((name) => {
      const resolved = resolveSecret({ kind: "secret", from: "file", name }, {});
      return resolved.status === "missing" ? resolved.reason : resolved.status;
    });
    expect(reasons).toEqual([
      expect.stringContaining("a pipe or a device"),
      expect.stringContaining("a pipe or a device"),
      expect.stringContaining("EISDIR"),
      expect.stringContaining("larger than"),
    ]);
  });
});
