import { createGrafanaSecrets } from "../docker/secrets.ts";
import type { Paths } from "../stack/paths.ts";
import type { InitPlan } from "./init-plan.ts";
import { renderStamp, STAMP_PATH, type Stamp } from "./stamp.ts";
import { readTarget, removeDrafts, writeTarget } from "./targets.ts";

/** Whether there is anything to write. */
export function isDue({ files, secrets }: InitPlan): boolean {
  return files.some(isWritten) || secrets?.isThere === false;
}

export function isWritten({ content }: { readonly content?: string }): boolean {
  return content !== undefined;
}

/**
 * Writes what the plan says. The stamp goes first, with the hashes from before and after: a run that
 * ends in between leaves files that the next one knows as ours, whichever of the two they are.
 */
export function applyPlan(
  plan: InitPlan,
  paths: Paths,
  before: Stamp | undefined,
  facts: { readonly version: string; readonly namedFiles: readonly string[] },
): void {
  const stamp: Stamp = {
    version: facts.version,
    choice: plan.choice,
    composeFiles: facts.namedFiles,
    files: plan.hashes,
  };
  removeDrafts(plan.root);
  if (plan.choice.kind === "stack") createGrafanaSecrets(paths);
  const files = plan.files.filter(isWritten);
  if (files.length > 0) {
    const replacing = { ...before?.replacing, ...before?.files };
    writeStamp(plan.root, { ...stamp, replacing });
    for (const { path, content } of files) writeTarget(plan.root, path, content ?? "");
  }
  writeStamp(plan.root, stamp);
}

function writeStamp(root: string, stamp: Stamp): void {
  const text = renderStamp(stamp);
  if (readTarget(root, STAMP_PATH) !== text) writeTarget(root, STAMP_PATH, text);
}
