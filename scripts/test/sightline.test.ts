import { spawnSync } from "node:child_process";
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "../..");
let folder: string;

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "sightline-project-")));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("npm run sightline", () => {
  it("works on the folder that it is called from, and names commands that work there", () => {
    const { stdout } = spawnSync(
      "npm",
      ["--prefix", root, "run", "--silent", "sightline", "--", "init", "--yes", "--dry-run"],
      {
        cwd: folder,
        encoding: "utf8",
        env: { ...process.env, SIGHTLINE_DATA: join(folder, "data") },
      },
    );
    expect(stdout).toContain(`found in ${folder}`);
    expect(stdout).toContain(`npm --prefix ${root} run sightline -- logs -f`);
  });
});
