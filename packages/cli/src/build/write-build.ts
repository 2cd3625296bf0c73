import { mkdirSync, readFileSync, renameSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { BUILD_MANIFEST, type BuildPlan } from "./plan-build.ts";

/**
 * Carries the plan out. Each file is there whole or as it was; the manifest comes last, so that
 * a build that was interrupted knows at its next run what it must still do.
 */
export function writeBuild(folder: string, { changes, manifest }: BuildPlan): void {
  for (const change of changes) {
    if (change.kind !== "remove") writeWhole(join(folder, change.path), change.text);
  }
  for (const change of changes) {
    if (change.kind === "remove") remove(folder, change.path);
  }
  const path = join(folder, BUILD_MANIFEST);
  if (readIfThere(path) !== manifest) writeWhole(path, manifest);
}

export function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw error;
  }
}

function writeWhole(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  const draft = `${path}.${process.pid}.tmp`;
  try {
    writeFileSync(draft, text);
    renameSync(draft, path);
  } finally {
    rmSync(draft, { force: true });
  }
}

/** And the folders that are empty then, up to the output folder. */
function remove(folder: string, path: string): void {
  rmSync(join(folder, path), { force: true });
  for (let parent = dirname(path); parent !== "."; parent = dirname(parent)) {
    try {
      rmdirSync(join(folder, parent));
    } catch {
      return;
    }
  }
}
