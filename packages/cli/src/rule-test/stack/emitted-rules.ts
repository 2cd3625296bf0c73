import { parseDuration } from "@sightline/core";
import { parse } from "yaml";
import type { Artefact } from "../../emit/artefact.ts";
import type { PromRule } from "../engines/promtool.ts";

/** A rule as it stands in a file that `sightline build` writes. */
export interface EmittedRule {
  readonly engine: "prometheus" | "loki";
  readonly everyMillis: number;
  readonly rule: PromRule;
}

interface RuleFile {
  readonly groups?: readonly { readonly interval?: string; readonly rules: readonly PromRule[] }[];
}

const DEFAULT_EVERY_MILLIS = 60_000;
const FOLDERS = { prometheus: "prometheus/rules/", loki: "loki/rules/" } as const;

/** The rules of both engines, from the very files; in their order. */
export function readEmittedRules(artefacts: readonly Artefact[]): readonly EmittedRule[] {
  return artefacts.flatMap(({ path, text }) => {
    const engine = (["prometheus", "loki"] as const).find((name) => path.startsWith(FOLDERS[name]));
    if (!engine) return [];
    const { groups = [] } = (parse(text) ?? {}) as RuleFile;
    return groups.flatMap(({ interval, rules }) =>
      rules.map((rule) => ({ engine, everyMillis: millisOf(interval), rule })),
    );
  });
}

function millisOf(interval: string | undefined): number {
  const duration = interval === undefined ? undefined : parseDuration(interval);
  return duration?.status === "ok" ? duration.millis : DEFAULT_EVERY_MILLIS;
}

/** The recording rules that these queries read, also by way of others; in the order of the files. */
export function recordsFor(
  queries: readonly string[],
  rules: readonly EmittedRule[],
): readonly EmittedRule[] {
  const records = rules.filter(({ rule }) => rule.record !== undefined);
  const needed = new Set<EmittedRule>();
  const add = (query: string): void => {
    for (const record of records) {
      if (needed.has(record) || !mentions(query, record.rule.record ?? "")) continue;
      needed.add(record);
      add(record.rule.expr);
    }
  };
  for (const query of queries) add(query);
  return records.filter((record) => needed.has(record));
}

function mentions(query: string, metric: string): boolean {
  for (let at = query.indexOf(metric); at !== -1; at = query.indexOf(metric, at + 1)) {
    const around = `${query[at - 1] ?? " "}${query[at + metric.length] ?? " "}`;
    if (!/[\w:]/.test(around)) return true;
  }
  return false;
}
