import type { Change } from "../../plan/plan.ts";
import type { AppliedChange, ApplyResult } from "../../plan/target.ts";
import type { ApplyInput } from "./apply-input.ts";
import { applyRules } from "./apply-rules.ts";
import { type ApplyRun, createApplyRun } from "./apply-run.ts";
import { createBookkeeper } from "./bookkeeper.ts";
import { carryOut } from "./carry-out.ts";
import { readRuleProblems } from "./rule-health.ts";

/**
 * Folders level by level, data sources, then one after the other what lives in the one Alertmanager
 * configuration, then rules (side by side over folders, one at a time in each), dashboards, and
 * deletions the other way round.
 */
export async function applyChanges(
  input: ApplyInput,
  changes: readonly Change[],
  onProgress: (applied: AppliedChange) => void,
): Promise<ApplyResult> {
  const before = input.client.counts().writes;
  const run = createApplyRun(input.wanted, onProgress, input.signal);
  const writes = changes.filter(({ action }) => action !== "delete");
  const deletions = changes.filter(({ action }) => action === "delete");
  const bookkeeper = createBookkeeper(input, changes);
  const opened = await bookkeeper.open();
  if (opened.status === "failed") {
    for (const change of changes) await run.attempt(change, async () => opened);
    return { applied: run.applied(), writes: input.client.counts().writes - before };
  }
  await serially(run, input, of(writes, "folder"));
  await serially(run, input, of(writes, "datasource"));
  await serially(run, input, of(writes, "template", "mute-timing", "contact-point", "policy"));
  await applyRules(run, input, of(writes, "rule", "record"));
  await inParallel(run, input, of(writes, "dashboard"));
  await inParallel(run, input, of(deletions, "dashboard", "rule", "record"));
  await serially(run, input, of(deletions, "policy", "contact-point", "mute-timing", "template"));
  await serially(run, input, of(deletions, "datasource", "folder"));
  const closed = await bookkeeper.close(run.applied());
  const problems = [
    ...(closed.status === "failed" ? [closed.reason] : []),
    ...(await readRuleProblems(input, changes)),
  ];
  return {
    applied: run.applied(),
    writes: input.client.counts().writes - before,
    ...(problems.length > 0 && { problems }),
  };
}

function of(changes: readonly Change[], ...kinds: readonly Change["kind"][]): readonly Change[] {
  return kinds.flatMap((kind) => changes.filter((change) => change.kind === kind));
}

async function serially(
  run: ApplyRun,
  input: ApplyInput,
  changes: readonly Change[],
): Promise<void> {
  for (const change of changes) {
    await run.attempt(change, (_, resource) => carryOut(input, change, resource, run));
  }
}

async function inParallel(
  run: ApplyRun,
  input: ApplyInput,
  changes: readonly Change[],
): Promise<void> {
  await Promise.all(
    changes.map((change) =>
      input.strain.limit(() =>
        run.attempt(change, (_, resource) => carryOut(input, change, resource, run)),
      ),
    ),
  );
}
