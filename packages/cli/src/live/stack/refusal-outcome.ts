import type { Change } from "../../plan/plan.ts";
import { keyOf } from "../../plan/plan-changes.ts";
import type { Resource } from "../../plan/resource.ts";
import type { ChangeOutcome } from "../../plan/target.ts";
import type { Refusal } from "./load-servers.ts";
import type { AlertServer } from "./running-servers.ts";

/** Undefined: all have their earlier files again. */
export function explainUndone(refusals: readonly Refusal[]): string | undefined {
  if (refusals.length === 0) return undefined;
  return refusals.map(({ server, reason }) => `${server}: ${reason}`).join("; ");
}

/** What became of a change where a server refused its files. */
export function outcomeOfRefused(
  change: Change,
  next: readonly Resource[],
  refusals: readonly Refusal[],
  undone: string | undefined,
): ChangeOutcome {
  const resource = next.find((each) => keyOf(each) === keyOf(change));
  const refusal = refusals.find(({ server }) => server === serverOf(change, resource));
  const after =
    undone === undefined
      ? "every file is as it was before"
      : `the files are as they were before, but not loaded again (${undone})`;
  if (refusal !== undefined) {
    return {
      status: "failed",
      reason: `${refusal.server} refused it: ${refusal.reason}; ${after}`,
    };
  }
  const who = refusals.map(({ server }) => server).join(" and ");
  return { status: "skipped", reason: `${who} refused something else; ${after}` };
}

function serverOf({ kind }: Change, resource: Resource | undefined): AlertServer {
  if (kind === "probe") return "prometheus";
  const source = resource?.body["source"];
  return source === "prometheus" || source === "loki" ? source : "alertmanager";
}
