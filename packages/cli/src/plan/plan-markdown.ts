import { createPainter } from "../report/style.ts";
import type { Plan } from "./plan.ts";
import { type PlanTextOptions, renderPlan, summaryLine } from "./plan-text.ts";

/** GitHub refuses comments above 65,536 characters: https://github.com/orgs/community/discussions/27190 */
const MAX_CHARACTERS = 60_000;

/**
 * The plan as a comment of a pull request. Whatever names and values hold stays inside the fence,
 * where nobody is mentioned and nothing is rendered.
 */
export function renderPlanMarkdown(plan: Plan, options: Omit<PlanTextOptions, "paint">): string {
  const text = renderPlan(plan, { ...options, paint: createPainter(false, {}) });
  const cut = cutLines(asDiff(text), MAX_CHARACTERS - 1000);
  const fence = fenceFor(cut.text);
  const state =
    plan.blocked.length > 0
      ? "in the way: apply would write nothing"
      : plan.changes.length > 0
        ? summaryLine(plan)
        : `no changes; ${plan.unchanged} unchanged`;
  const lines = [`**Sightline plan** · ${state}`, "", `${fence}diff`, cut.text, fence];
  if (cut.left > 0) lines.push("", `${cut.left} more lines; the job's log has all of them.`);
  lines.push("", `<sub>plan token ${plan.token}</sub>`);
  return `${lines.join("\n")}\n`;
}

/** The sign moves to the first column, where a diff fence colours it. */
function asDiff(text: string): string {
  return text
    .trimEnd()
    .split("\n")
    .map((line) =>
      line.replace(/^ {2}([+~±!-]) /, (_, sign: string) => `${sign === "±" ? "~" : sign} `),
    )
    .map((line) => line.replace(/^~ /, "! "))
    .join("\n");
}

/** Longer than any run of backticks inside, so that none can close it. */
function fenceFor(text: string): string {
  const runs = text.match(/`+/g) ?? [];
  return "`".repeat(Math.max(3, 1 + Math.max(0, ...runs.map((run) => run.length))));
}

function cutLines(
  text: string,
  maxCharacters: number,
): { readonly text: string; readonly left: number } {
  if (text.length <= maxCharacters) return { text, left: 0 };
  const lines = text.split("\n");
  let kept = 0;
  let length = 0;
  while (kept < lines.length && length + (lines[kept]?.length ?? 0) + 1 <= maxCharacters) {
    length += (lines[kept]?.length ?? 0) + 1;
    kept += 1;
  }
  return { text: lines.slice(0, kept).join("\n"), left: lines.length - kept };
}
