import { isMap, isSeq, LineCounter, parseDocument } from "yaml";
import { z } from "zod";
import type { Fault } from "../fault.ts";

/** https://prometheus.io/docs/prometheus/latest/configuration/recording_rules/; Loki's are the same. */
const ruleSchema = z.looseObject({
  alert: z.string().optional(),
  record: z.string().optional(),
  expr: z.union([z.string(), z.number()]).transform(String),
  for: z.string().optional(),
  keep_firing_for: z.string().optional(),
  labels: z.record(z.string(), z.string()).optional(),
  annotations: z.record(z.string(), z.string()).optional(),
});
const groupSchema = z.looseObject({
  name: z.string(),
  interval: z.string().optional(),
  limit: z.number().optional(),
  query_offset: z.string().optional(),
  labels: z.record(z.string(), z.string()).optional(),
  rules: z.array(ruleSchema).default([]),
});
const fileSchema = z.looseObject({ groups: z.array(groupSchema) });

export type RuleGroup = z.output<typeof groupSchema>;
export type FileRule = z.output<typeof ruleSchema>;

export type RuleFileResult =
  | { readonly status: "ok"; readonly groups: readonly RuleGroup[] }
  | { readonly status: "invalid"; readonly faults: readonly Fault[] };

/** Reads a rule file of Prometheus or Loki; every fault at once, with its place. */
export function parseRuleFile(file: string, text: string): RuleFileResult {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const placeAt = (offset: number, path: string): Fault["place"] => {
    const { line, col } = lines.linePos(offset);
    return { file, line, column: col, path };
  };
  if (document.errors.length > 0) {
    return {
      status: "invalid",
      faults: document.errors.map((error) => ({
        check: "yaml-syntax",
        severity: "error",
        message: error.message.split("\n")[0] ?? error.message,
        place: placeAt(error.pos[0], ""),
      })),
    };
  }
  const result = fileSchema.safeParse(document.toJS({ maxAliasCount: 100 }));
  if (result.success) return { status: "ok", groups: result.data.groups };
  return {
    status: "invalid",
    faults: result.error.issues.map((issue) => ({
      check: "rule-file",
      severity: "error",
      message: `${issue.path.join(".") || "the file"}: ${issue.message}`,
      advice: "expected a rule file: groups of rules with alert or record, and expr",
      place: placeAt(offsetOf(document.contents, issue.path), issue.path.join(".")),
    })),
  };
}

/** Where the part at a path begins; where it is not there, its nearest parent. */
function offsetOf(root: unknown, path: readonly PropertyKey[]): number {
  let node = root;
  let offset = 0;
  for (const key of path) {
    const range = (node as { range?: [number] } | null)?.range;
    if (range) offset = range[0];
    const next = isMap(node) || isSeq(node) ? node.get(key, true) : undefined;
    if (next === undefined) return offset;
    node = next;
  }
  return (node as { range?: [number] } | null)?.range?.[0] ?? offset;
}
