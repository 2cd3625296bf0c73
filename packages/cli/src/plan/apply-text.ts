import { cleanLine } from "../report/clean-text.ts";
import type { Painter } from "../report/style.ts";
import type { Change, Plan } from "./plan.ts";
import { KIND_TITLE, plural, renderChange } from "./plan-text.ts";
import type { AppliedChange, ApplyResult } from "./target.ts";

const DONE_WORD = {
  create: "added",
  update: "changed",
  adopt: "taken over",
  delete: "deleted",
} as const;

/** One line as it happens. */
export function renderApplied({ change, outcome }: AppliedChange, paint: Painter): string {
  const name = `${KIND_TITLE[change.kind]}: ${cleanLine(change.title)}`;
  if (outcome.status === "done") {
    return `  ${paint("green", "✓")} ${name}  ${paint("dim", DONE_WORD[change.action])}\n`;
  }
  const [sign, style] =
    outcome.status === "failed" ? (["✗", "red"] as const) : (["·", "yellow"] as const);
  return `  ${paint(style, sign)} ${name}  ${outcome.status}: ${cleanLine(outcome.reason)}\n`;
}

export interface ApplySummary {
  readonly plan: Plan;
  readonly result: ApplyResult;
  /** What a plan made afterwards still wants; undefined where none was made. */
  readonly left: readonly Change[] | undefined;
  readonly isInterrupted: boolean;
}

/** What was done, what was not and why, and what the server says now. */
export function renderApplySummary(
  { plan, result, left, isInterrupted }: ApplySummary,
  { paint, self }: { readonly paint: Painter; readonly self: string },
): string {
  const count = (status: string): number =>
    result.applied.filter(({ outcome }) => outcome.status === status).length;
  const untried = plan.changes.length - result.applied.length;
  const lines = [
    `${count("done")} done, ${count("failed")} failed, ${count("skipped") + untried} skipped; ${plural(result.writes, "write")}`,
  ];
  if (isInterrupted) {
    lines.push(`interrupted: ${self} plan shows what is left, ${self} apply goes on with it`);
  } else if (count("done") < plan.changes.length) {
    lines.push(`${self} apply again goes on where this ended`);
  }
  for (const problem of result.problems ?? [])
    lines.push(`${paint("yellow", "note")}  ${cleanLine(problem)}`);
  if (left !== undefined && left.length > 0) {
    lines.push(paint("red", "not convergent: the server took it and still differs:"));
    for (const change of left) lines.push(...renderChange(change, { paint, self, folder: "" }));
    lines.push("  please report this, with the versions of Grafana and sightline");
  }
  return `${lines.join("\n")}\n`;
}
