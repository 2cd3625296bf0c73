import type { Plan } from "./plan.ts";

const MAX_DELETIONS = 20;
const MAX_SHARE = 0.5;

/**
 * Why so many deletions are more likely a mistake (another file, another target, an empty
 * specification) than meant; undefined where they are few.
 */
export function refusePrune(plan: Plan): string | undefined {
  const deletions = plan.changes.filter(({ action }) => action === "delete").length;
  const held = plan.unchanged + deletions + countKept(plan);
  if (deletions > MAX_DELETIONS) {
    return `--prune would delete ${deletions} objects, more than ${MAX_DELETIONS}`;
  }
  // One of one is half of nothing: a small project may well drop its only alert.
  if (deletions > 3 && deletions > held * MAX_SHARE) {
    return `--prune would delete ${deletions} of ${held} objects, more than half`;
  }
  return undefined;
}

function countKept({ changes }: Plan): number {
  return changes.filter(({ action }) => action === "update" || action === "adopt").length;
}
