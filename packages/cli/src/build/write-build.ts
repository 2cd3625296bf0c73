import { mkdirSync, readFileSync, renameSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { BUILD_MANIFEST, type BuildPlan } from "./plan-build.ts";

/**
 * Carries the plan out. Each file is there whole or as it was. The manifest is written before the
 * files, too: after an interruption the next build knows its own from those of others.
 */
export function writeBuild(folder: string, plan: BuildPlan): void {
  const { changes, manifest, manifestMeanwhile } = plan;
  const path = join(folder, BUILD_MANIFEST);
  if (changes.length > 0) writeWhole(path, manifestMeanwhile);
  for (const change of changes) {
    if (change.kind !== "remove") writeWhole(join(folder, change.path), change.text);
  }
  for (const change of changes) {
    if (change.kind === "remove") remove(folder, change.path);
  }
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
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
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
