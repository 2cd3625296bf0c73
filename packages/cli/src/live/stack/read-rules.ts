import { parse } from "yaml";
import type { Source } from "../../compile/model.ts";
import type { Json, Resource } from "../../plan/resource.ts";

export type RulesRead =
  | { readonly status: "ok"; readonly resources: readonly Resource[] }
  | { readonly status: "invalid"; readonly reason: string };

type Fields = Readonly<Record<string, Json>>;

/** A rule file of Prometheus or Loki as objects. `ids` knows those that are wanted, by name. */
export function readRules(source: Source, text: string, ids: RuleIds): RulesRead {
  try {
    const file = parse(text) as { groups?: readonly Fields[] | null } | null;
    const groups = file?.groups ?? [];
    const resources = groups.flatMap((group) =>
      ((group["rules"] ?? []) as readonly Fields[]).map((rule) => toResource(source, group, rule)),
    );
    return { status: "ok", resources: ids(resources) };
  } catch (error) {
    return { status: "invalid", reason: (error as Error).message.split("\n")[0] ?? "" };
  }
}

function toResource(source: Source, group: Fields, rule: Fields): Resource {
  const isRecord = rule["record"] !== undefined;
  const name = String(isRecord ? rule["record"] : rule["alert"]);
  const interval = group["interval"];
  return {
    kind: isRecord ? "record" : "rule",
    id: `${source}: ${String(group["name"])}: ${name}`,
    title: name,
    body: {
      source,
      group: String(group["name"]),
      ...(interval !== undefined && { interval }),
      ...rule,
    },
    owner: "ours",
  };
}

/** Gives the objects of a file the ids by which they are wanted. */
export type RuleIds = (found: readonly Resource[]) => readonly Resource[];

/**
 * Files have no ids. A rule is the wanted one with its source and name; of several with one name, the
 * one with its severity, else the next that is left.
 */
export function createRuleIds(wanted: readonly Resource[]): RuleIds {
  return (found) => {
    const left = new Map<string, Resource[]>();
    for (const resource of wanted) {
      const key = nameKey(resource);
      left.set(key, [...(left.get(key) ?? []), resource]);
    }
    const taken = new Map<Resource, Resource>();
    for (const isFit of [hasSameLabels, () => true]) {
      for (const resource of found) {
        const candidates = left.get(nameKey(resource)) ?? [];
        const fit = candidates.find((candidate) => isFit(candidate, resource));
        if (taken.has(resource) || fit === undefined) continue;
        taken.set(resource, fit);
        left.set(
          nameKey(resource),
          candidates.filter((candidate) => candidate !== fit),
        );
      }
    }
    const counts = new Map<string, number>();
    return found.map((resource) => {
      const match = taken.get(resource);
      if (match !== undefined) return { ...resource, id: match.id, place: match.place };
      const count = (counts.get(resource.id) ?? 0) + 1;
      counts.set(resource.id, count);
      return count === 1 ? resource : { ...resource, id: `${resource.id} (${count})` };
    });
  };
}

function nameKey({ kind, title, body }: Resource): string {
  return JSON.stringify([kind, body["source"] ?? "", title]);
}

function hasSameLabels(left: Resource, right: Resource): boolean {
  return sortedText(left.body["labels"]) === sortedText(right.body["labels"]);
}

function sortedText(labels: Json | undefined): string {
  return JSON.stringify(Object.entries(labels ?? {}).sort());
}
