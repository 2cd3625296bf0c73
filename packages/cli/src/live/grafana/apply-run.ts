import type { Change } from "../../plan/plan.ts";
import { keyOf } from "../../plan/plan-changes.ts";
import type { Resource } from "../../plan/resource.ts";
import type { AppliedChange, ChangeOutcome } from "../../plan/target.ts";
import { dependenciesOf } from "./dependencies.ts";

/** Carries one change out. */
export type CarryOut = (change: Change, resource: Resource | undefined) => Promise<ChangeOutcome>;

export interface ApplyRun {
  /** Does it unless what it depends on failed, or the run was interrupted. */
  readonly attempt: (change: Change, carryOut: CarryOut) => Promise<void>;
  readonly hasFailed: (key: string) => boolean;
  readonly applied: () => readonly AppliedChange[];
}

/** Keeps who failed, so that only what depends on it is left out. */
export function createApplyRun(
  wanted: readonly Resource[],
  onProgress: (applied: AppliedChange) => void,
  signal: AbortSignal,
): ApplyRun {
  const byKey = new Map(wanted.map((resource) => [keyOf(resource), resource]));
  const failed = new Set<string>();
  const applied: AppliedChange[] = [];
  const blocker = (resource: Resource): Resource | undefined => {
    const key = dependenciesOf(resource, wanted).find((dependency) => failed.has(dependency));
    return key === undefined ? undefined : byKey.get(key);
  };
  const decide = async (change: Change, carryOut: CarryOut): Promise<ChangeOutcome> => {
    if (signal.aborted) return { status: "skipped", reason: "interrupted" };
    const resource = change.action === "delete" ? undefined : byKey.get(keyOf(change));
    const missing = resource && blocker(resource);
    if (missing) {
      return { status: "skipped", reason: `${missing.kind} "${missing.title}" was not stored` };
    }
    return await carryOut(change, resource);
  };
  return {
    attempt: async (change, carryOut) => {
      const outcome = await decide(change, carryOut);
      if (outcome.status !== "done") failed.add(keyOf(change));
      const result = { change, outcome };
      applied.push(result);
      onProgress(result);
    },
    hasFailed: (key) => failed.has(key),
    applied: () => applied,
  };
}
