import { relative } from "node:path";
import { cleanLine, cleanText } from "../report/clean-text.ts";
import type { Painter } from "../report/style.ts";
import type { Change, ChangeAction, Plan, PropertyChange } from "./plan.ts";
import { RESOURCE_KINDS, type ResourceKind } from "./resource.ts";
import { differingParts, shorten } from "./value-text.ts";

export const KIND_TITLE: { readonly [kind in ResourceKind]: string } = {
  folder: "folders",
  datasource: "data sources",
  template: "message templates",
  "mute-timing": "mute timings",
  "contact-point": "contact points",
  policy: "routes",
  rule: "alert rules",
  record: "recording rules",
  probe: "probes",
  dashboard: "dashboards",
  setting: "settings",
};

const SIGN: { readonly [action in ChangeAction]: string } = {
  create: "+",
  update: "~",
  adopt: "±",
  delete: "-",
};
const STYLE = { create: "green", update: "yellow", adopt: "magenta", delete: "red" } as const;
const MAX_VALUE_LENGTH = 72;

export interface PlanTextOptions {
  readonly paint: Painter;
  /** Files are named relative to it. */
  readonly folder: string;
  /** How the user calls us. */
  readonly self: string;
}

/** The plan for a person: by kind, with every property before and after, and one line that sums it up. */
export function renderPlan(plan: Plan, options: PlanTextOptions): string {
  const { paint } = options;
  const lines = [`${paint("bold", cleanLine(plan.target))}  ${paint("dim", plan.version)}`, ""];
  for (const kind of RESOURCE_KINDS) {
    const changes = plan.changes.filter((change) => change.kind === kind);
    if (changes.length === 0) continue;
    lines.push(paint("bold", KIND_TITLE[kind]));
    for (const alike of groupAlike(changes)) lines.push(...renderAlike(alike, options));
    lines.push("");
  }
  lines.push(...renderBlocked(plan, options), ...renderNotes(plan, options));
  lines.push(summaryLine(plan));
  return `${lines.join("\n")}\n`;
}

/** `2 to add, 1 to change, 0 to delete; 498 unchanged; 12 requests`. */
export function summaryLine(plan: Plan): string {
  const count = (action: ChangeAction): number =>
    plan.changes.filter((change) => change.action === action).length;
  const adopted = count("adopt") > 0 ? `, ${count("adopt")} to take over` : "";
  return (
    `${count("create")} to add, ${count("update")} to change${adopted}, ${count("delete")} to delete; ` +
    `${plan.unchanged} unchanged; ${plural(plan.requests, "request")}`
  );
}

/** Changes that say just the same of several objects, as after a new version of the default alerts. */
export function groupAlike(changes: readonly Change[]): readonly (readonly Change[])[] {
  const groups = new Map<string, Change[]>();
  for (const change of changes) {
    const { action, properties } = change;
    const own = properties.map((property) => ({
      ...property,
      path: shortPath(change, property.path),
    }));
    const key = properties.length === 0 ? change.id : JSON.stringify([action, own]);
    groups.set(key, [...(groups.get(key) ?? []), change]);
  }
  return [...groups.values()];
}

const MAX_NAMES = 4;

function renderAlike(changes: readonly Change[], options: PlanTextOptions): readonly string[] {
  const [first] = changes;
  if (first === undefined) return [];
  if (changes.length === 1 || first.action === "create" || first.action === "delete") {
    return changes.flatMap((change) => renderChange(change, options));
  }
  const names = changes.slice(0, MAX_NAMES).map(({ title }) => title);
  const more = changes.length > MAX_NAMES ? ` and ${changes.length - MAX_NAMES} more` : "";
  const { place: _, ...alike } = first;
  const paths = first.properties.map((property) => ({
    ...property,
    path: shortPath(first, property.path),
  }));
  const title = `${names.join(", ")}${more}`;
  return renderChange({ ...alike, title, properties: paths }, options);
}

export function renderChange(change: Change, options: PlanTextOptions): readonly string[] {
  const { paint } = options;
  const place = change.place
    ? paint(
        "dim",
        `  ${relative(options.folder, change.place.file) || change.place.file}:${change.place.line}`,
      )
    : "";
  const sign = paint(STYLE[change.action], SIGN[change.action]);
  const head = `  ${sign} ${cleanLine(change.title)}${place}`;
  // What is new or goes is known by its name; `--json` has every property.
  if (change.action === "create" || change.action === "delete") return [head];
  return [head, ...renderProperties(change, options)];
}

export function renderProperties(change: Change, { paint }: PlanTextOptions): readonly string[] {
  const names = change.properties.map(({ path }) => cleanLine(shortPath(change, path)));
  const width = Math.min(32, Math.max(0, ...names.map((name) => name.length)));
  return change.properties.map(
    (property, index) => `      ${(names[index] ?? "").padEnd(width)}  ${values(property, paint)}`,
  );
}

/** Below the title of an alert, `alerts["Slow answers"].for` is just `for`. */
function shortPath(change: Change, path: string): string {
  const base = change.place?.path;
  if (!base || !path.startsWith(base)) return path;
  return path.slice(base.length).replace(/^(\.| › )/, "") || path;
}

function values({ before, after, isSecret }: PropertyChange, paint: Painter): string {
  if (isSecret) {
    if (before === undefined) return `secret is set: ${cleanLine(after ?? "")}`;
    if (after === undefined) return "secret is removed";
    return `secret is sent again (${cleanLine(before)} is there)`;
  }
  if (before === undefined) return `${paint("green", clean(after ?? ""))} is new`;
  if (after === undefined) return `${paint("red", clean(before))} goes`;
  const [old, wanted] = differingParts(cleanText(before), cleanText(after), MAX_VALUE_LENGTH);
  return `${paint("red", escapeBreaks(old))} → ${paint("green", escapeBreaks(wanted))}`;
}

function clean(text: string): string {
  return escapeBreaks(shorten(cleanText(text), MAX_VALUE_LENGTH));
}

function escapeBreaks(text: string): string {
  return text === "" ? '""' : text.replaceAll("\n", "⏎").replaceAll("\t", " ");
}

function renderBlocked(plan: Plan, { paint }: PlanTextOptions): readonly string[] {
  if (plan.blocked.length === 0) return [];
  const lines = [paint("bold", "in the way")];
  for (const { change, reason, advice } of plan.blocked) {
    lines.push(`  ${paint("red", "!")} ${KIND_TITLE[change.kind]}: ${cleanLine(change.title)}`);
    lines.push(`      ${cleanLine(reason)}`, `      ${advice}`);
  }
  return [...lines, ""];
}

function renderNotes(plan: Plan, { paint, self }: PlanTextOptions): readonly string[] {
  const notes: string[] = plan.warnings.map(cleanLine);
  for (const { kind, reason } of plan.notObserved) {
    notes.push(`${KIND_TITLE[kind]} were not looked at: ${cleanLine(reason)}`);
  }
  if (plan.unknownSecrets.length > 0) {
    const list = shorten(plan.unknownSecrets.map(cleanLine).join(", "), 200);
    notes.push(
      `${plural(plan.unknownSecrets.length, "secret")} not compared, since the values are not at hand here: ${list}`,
    );
  }
  if (plan.orphans.length > 0) {
    const names = plan.orphans.slice(0, 5).map(({ title }) => cleanLine(title));
    const more = plan.orphans.length > 5 ? ", …" : "";
    notes.push(
      `${plan.orphans.length} of ours no longer in the specification, left as ${plan.orphans.length === 1 ? "it is" : "they are"}: ` +
        `${names.join(", ")}${more}; ${self} plan --prune shows what would be deleted`,
    );
  }
  const lines = notes.map((note) => `${paint("yellow", "note")}  ${note}`);
  return lines.length > 0 ? [...lines, ""] : [];
}

export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
