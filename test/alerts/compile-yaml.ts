import type { CompileResult } from "../../packages/cli/src/compile/compile-spec.ts";
import { compileSpec } from "../../packages/cli/src/compile/compile-spec.ts";
import { ruleResources } from "../../packages/cli/src/emit/stack/rule-resources.ts";
import { readSpec } from "../../packages/cli/src/spec/read-spec.ts";

/** The model of a specification for the local stack. */
export function compileYaml(text: string): CompileResult {
  const result = readSpec("sightline.yaml", text);
  if (result.status !== "ok") throw new Error(JSON.stringify(result.faults, null, 2));
  return compileSpec({
    document: result.document,
    project: "sightline",
    target: { kind: "stack", name: "local", data: undefined },
    urls: { grafana: undefined, alertmanager: undefined, runbooks: undefined },
    dashboards: [],
  });
}

/** A rule as the stack gets it. */
export interface EmittedRule {
  readonly id: string;
  readonly kind: "rule" | "record";
  readonly source: "prometheus" | "loki";
  readonly expr: string;
  /** As a rule file has it. */
  readonly rule: Readonly<Record<string, unknown>>;
}

export function emittedRules({ model }: CompileResult): readonly EmittedRule[] {
  return ruleResources(model).map(({ id, kind, body }) => {
    const { source, group: _group, interval: _interval, loaded: _loaded, ...rule } = body;
    return {
      id,
      kind: kind as EmittedRule["kind"],
      source: source as EmittedRule["source"],
      expr: String(rule["expr"]),
      rule,
    };
  });
}
