import { Document } from "yaml";
import type { Source } from "../../compile/model.ts";
import type { Json, Resource } from "../../plan/resource.ts";
import type { Artefact } from "../artefact.ts";
import { toGoYaml } from "../go-yaml.ts";
import { GENERATED_HEADER } from "./generated-header.ts";

export const RULE_FILE: { readonly [source in Source]: string } = {
  prometheus: "prometheus/rules/sightline.yaml",
  // "fake" is the tenant of a Loki without authentication.
  loki: "loki/rules/fake/sightline.yaml",
};

const SOURCES = Object.keys(RULE_FILE) as Source[];

/** Rule files of both engines: groups by name, rules in the given order, records before alerts. */
export function ruleFiles(resources: readonly Resource[]): readonly Artefact[] {
  return SOURCES.map((source) => ({
    path: RULE_FILE[source],
    text: ruleFile(resources.filter(({ body }) => body["source"] === source)),
  }));
}

interface Group {
  readonly name: string;
  readonly interval: string;
  readonly rules: Json[];
}

function ruleFile(resources: readonly Resource[]): string {
  const groups = new Map<string, Group>();
  const records = resources.filter(({ kind }) => kind === "record");
  const alerts = resources.filter(({ kind }) => kind === "rule");
  for (const { body } of [...records, ...alerts]) {
    const { source: _, group, interval, loaded: __, ...rule } = body;
    const name = String(group);
    const known = groups.get(name) ?? { name, interval: String(interval), rules: [] };
    known.rules.push(rule);
    groups.set(name, known);
  }
  const sorted = [...groups.values()].sort((left, right) => (left.name < right.name ? -1 : 1));
  return (
    GENERATED_HEADER +
    toGoYaml(new Document({ groups: sorted }, { aliasDuplicateObjects: false }), { lineWidth: 0 })
  );
}
