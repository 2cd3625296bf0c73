import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { readUserSecret } from "../../src/config/user-secret.ts";

const folder = mkdtempSync(join(tmpdir(), "sightline-gateway-secret-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("the secret of user hashes", () => {
  it("is the environment's before the file's", () => {
    const path = join(folder, "given");
    writeFileSync(path, "a secret of the file");
    expect(readUserSecret(path, { SIGHTLINE_USER_SECRET: "a secret of the environment" })).toEqual({
      status: "ok",
      secret: "a secret of the environment",
      isNew: false,
    });
    expect(readUserSecret(path, {})).toMatchObject({
      secret: "a secret of the file",
      isNew: false,
    });
  });

  it("is made once where there is none, for this user's eyes only", () => {
    const path = join(folder, "secrets/user-secret");
    const made = readUserSecret(path, {});
    expect(made).toMatchObject({ status: "ok", isNew: true });
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readUserSecret(path, {})).toEqual({ ...made, isNew: false });
  });

  it("is never too short, and no message repeats it", () => {
    const path = join(folder, "short");
    writeFileSync(path, "psst");
    for (const result of [
      readUserSecret(path, {}),
      readUserSecret(path, { SIGHTLINE_USER_SECRET: "psst" }),
    ]) {
      expect(result).toMatchObject({ status: "failed" });
      expect(JSON.stringify(result)).not.toContain("psst");
    }
    expect(readFileSync(path, "utf8")).toBe("psst");
  });

  it("that cannot be read is told with its path and what to do", () => {
    const path = join(folder, "a-folder");
    writeFileSync(path, "");
    chmodSync(path, 0o600);
    expect(readUserSecret(join(path, "secret"), {})).toMatchObject({
      status: "failed",
      message: expect.stringContaining("SIGHTLINE_USER_SECRET"),
    });
  });
});
