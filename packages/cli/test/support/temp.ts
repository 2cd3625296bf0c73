import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** A directory of its own for one test, with a space in its path; removed at its end. */
export function tempDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "sightline cli-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}
