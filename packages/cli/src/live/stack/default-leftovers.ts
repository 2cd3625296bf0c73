import { defaultModel } from "../../emit/stack/default-provisioning.ts";
import { ruleResources } from "../../emit/stack/rule-resources.ts";
import type { Json, Resource } from "../../plan/resource.ts";

export interface SplitResources {
  readonly kept: readonly Resource[];
  /** Of the default alerts that the specification has switched off. */
  readonly leftovers: readonly Resource[];
}

/**
 * Default alerts are there before anybody applies anything. One that is switched off was never wanted
 * here, so it goes without `--prune`.
 */
export function splitDefaults(
  written: readonly Resource[],
  wanted: readonly Resource[],
): SplitResources {
  const wantedIds = new Set(wanted.map(({ kind, id }) => `${kind} ${id}`));
  const names = new Set(ruleResources(defaultModel()).map(nameOf));
  const isLeft = (resource: Resource): boolean =>
    resource.owner === "ours" &&
    (resource.kind === "rule" || resource.kind === "record") &&
    !wantedIds.has(`${resource.kind} ${resource.id}`) &&
    names.has(nameOf(resource));
  return {
    kept: written.filter((resource) => !isLeft(resource)),
    leftovers: written.filter(isLeft),
  };
}

function nameOf({ kind, title, body }: Resource): string {
  return JSON.stringify([kind, body["source"] ?? "", title]);
}

/** What a plan shows of them: nothing is wanted, and these are there. */
export function leftoverResource(leftovers: readonly Resource[]): Resource {
  const on: Json = Object.fromEntries(leftovers.map(({ title }) => [title, true] as const).sort());
  return {
    kind: "setting",
    id: "default-alerts",
    title: "default alerts that are switched off",
    body: leftovers.length > 0 ? { on } : {},
    owner: "ours",
  };
}
