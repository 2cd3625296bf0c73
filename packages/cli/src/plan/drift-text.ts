import { cleanLine } from "../report/clean-text.ts";
import type { Change, Plan } from "./plan.ts";
import {
  groupAlike,
  KIND_TITLE,
  type PlanTextOptions,
  plural,
  renderProperties,
} from "./plan-text.ts";
import { RESOURCE_KINDS } from "./resource.ts";

/** Everything in which the target is not as the specification says: what `apply --prune` would undo. */
export function driftOf(plan: Plan): readonly Change[] {
  return [...plan.changes, ...plan.orphans, ...plan.blocked.map(({ change }) => change)];
}

/** What is on the server, seen from the specification: not what `apply` would do, but what was done. */
export function renderDrift(plan: Plan, options: PlanTextOptions): string {
  const { paint, self } = options;
  const drift = driftOf(plan);
  const lines = [`${paint("bold", cleanLine(plan.target))}  ${paint("dim", plan.version)}`, ""];
  for (const kind of RESOURCE_KINDS) {
    const changes = drift.filter((change) => change.kind === kind);
    if (changes.length === 0) continue;
    lines.push(paint("bold", KIND_TITLE[kind]));
    for (const alike of groupAlike(changes)) lines.push(...renderAlikeDrift(alike, options));
    lines.push("");
  }
  for (const { kind, reason } of plan.notObserved) {
    lines.push(`note  ${KIND_TITLE[kind]} were not looked at: ${cleanLine(reason)}`, "");
  }
  lines.push(
    drift.length === 0
      ? `as the specification says: ${plural(plan.unchanged, "object")} looked at`
      : `${drift.length} of ${plan.unchanged + drift.length} differ from the specification; ${self} apply puts back what it says`,
  );
  return `${lines.join("\n")}\n`;
}

const MAX_HEADS = 4;

/** The same drift of several objects is told once, below their names. */
function renderAlikeDrift(changes: readonly Change[], options: PlanTextOptions): readonly string[] {
  const [first, ...rest] = changes;
  if (first === undefined) return [];
  const [, ...properties] = renderDrifted(first, options);
  const heads = [first, ...rest].flatMap((change) => renderDrifted(change, options).slice(0, 1));
  const more = heads.length > MAX_HEADS ? [`  and ${heads.length - MAX_HEADS} more`] : [];
  return first.action === "update" ? [...heads.slice(0, MAX_HEADS), ...more, ...properties] : heads;
}

function renderDrifted(change: Change, options: PlanTextOptions): readonly string[] {
  const { paint } = options;
  const words = {
    create: ["red", "is missing"],
    update: ["yellow", "differs"],
    adopt: ["magenta", "is of others"],
    delete: ["green", "is there and not in the specification"],
  } as const;
  const [style, word] = words[change.action];
  const by =
    change.changedBy === undefined
      ? ""
      : paint("dim", `  last changed: ${cleanLine(change.changedBy)}`);
  const head = `  ${cleanLine(change.title)}  ${paint(style, word)}${by}`;
  if (change.action !== "update") return [head];
  // Turned around: what is wanted comes first, then what was found.
  const turned = {
    ...change,
    properties: change.properties.map((property) =>
      property.isSecret
        ? property
        : { ...property, before: property.after, after: property.before },
    ),
  };
  return [head, ...renderProperties(turned, options)];
}
