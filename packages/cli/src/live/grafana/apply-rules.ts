import type { Change } from "../../plan/plan.ts";
import { keyOf } from "../../plan/plan-changes.ts";
import type { Resource } from "../../plan/resource.ts";
import type { ChangeOutcome } from "../../plan/target.ts";
import type { ApplyInput } from "./apply-input.ts";
import type { ApplyRun } from "./apply-run.ts";
import { carryOut } from "./carry-out.ts";
import { send, toOutcome } from "./outcome.ts";
import { intervalRequest } from "./requests.ts";

/** Side by side over folders; in one folder one at a time, so that no group is written twice at once. */
export async function applyRules(
  run: ApplyRun,
  input: ApplyInput,
  changes: readonly Change[],
): Promise<void> {
  const wanted = new Map(input.wanted.map((resource) => [keyOf(resource), resource]));
  const byFolder = groupBy(changes, (change) =>
    String(wanted.get(keyOf(change))?.body["folderUID"] ?? ""),
  );
  await Promise.all(
    [...byFolder.values()].map((ofFolder) =>
      input.strain.limit(() => applyFolder(run, input, ofFolder, wanted)),
    ),
  );
}

function groupBy(
  changes: readonly Change[],
  keyFor: (change: Change) => string,
): ReadonlyMap<string, readonly Change[]> {
  const groups = new Map<string, Change[]>();
  for (const change of changes) {
    const key = keyFor(change);
    groups.set(key, [...(groups.get(key) ?? []), change]);
  }
  return groups;
}

async function applyFolder(
  run: ApplyRun,
  input: ApplyInput,
  changes: readonly Change[],
  wanted: ReadonlyMap<string, Resource>,
): Promise<void> {
  const byGroup = groupBy(changes, (change) =>
    String(wanted.get(keyOf(change))?.body["ruleGroup"] ?? ""),
  );
  for (const [group, ofGroup] of byGroup) {
    const first = wanted.get(keyOf(ofGroup[0] as Change))?.body ?? {};
    const interval = Number(first["interval"]);
    const folder = String(first["folderUID"]);
    const setInterval = createIntervalStep(input, { folder, group, interval });
    for (const change of ofGroup) {
      const isLast = change === ofGroup.at(-1);
      await run.attempt(change, async (_, resource) => {
        // A rule in which only the interval differs is not written: that would reset its state.
        const isIntervalOnly = change.action === "update" && hasOnlyInterval(change);
        const outcome = isIntervalOnly
          ? ({ status: "done" } as const)
          : await carryOut(input, change, resource, run);
        setInterval.saw(change, outcome.status === "done", isIntervalOnly);
        // With the last rule, and also where the last one failed: the others want their interval.
        const set = isLast ? await setInterval.run() : ({ status: "done" } as const);
        return outcome.status === "done" ? set : outcome;
      });
    }
  }
}

/** Paths of the plan are in terms of the specification: `alerts[2].every`. */
function hasOnlyInterval({ properties }: Change): boolean {
  return properties.every(({ path }) => /(^|\.)(every|interval)$/.test(path));
}

interface GroupKey {
  readonly folder: string;
  readonly group: string;
  readonly interval: number;
}

/** A new group gets the server's default of 60 s, a moved rule keeps its old interval. */
const DEFAULT_INTERVAL_SECONDS = 60;

function createIntervalStep(
  input: ApplyInput,
  { folder, group, interval }: GroupKey,
): {
  readonly saw: (change: Change, isStored: boolean, isIntervalOnly: boolean) => void;
  readonly run: () => Promise<ChangeOutcome>;
} {
  const { snapshot } = input;
  const members = snapshot.rules.filter(
    (rule) => rule["folderUID"] === folder && rule["ruleGroup"] === group,
  );
  const stored = members.map((rule) => snapshot.intervals.get(String(rule["uid"])));
  const groupInterval = stored[0] ?? DEFAULT_INTERVAL_SECONDS;
  let isNeeded = false;
  return {
    saw: ({ id, action }, isStored, isIntervalOnly) => {
      if (!isStored) return;
      const own = action === "create" ? groupInterval : snapshot.intervals.get(id);
      if (isIntervalOnly || own !== interval) isNeeded = true;
    },
    run: async () => {
      if (!isNeeded && stored.every((seconds) => seconds === interval)) return { status: "done" };
      const hasNoProvenance =
        input.isEditable && !members.some((rule) => Boolean(rule["provenance"]));
      const request = intervalRequest(folder, group, interval, hasNoProvenance);
      return toOutcome(await send(input, request));
    },
  };
}
