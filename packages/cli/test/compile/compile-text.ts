import type { CompileInput, CompileResult } from "../../src/compile/compile-spec.ts";
import { compileSpec } from "../../src/compile/compile-spec.ts";
import { readSpec } from "../../src/spec/read-spec.ts";

/** A read specification for the local stack; what `more` says instead of it. */
export function inputOf(text: string, more: Partial<CompileInput> = {}): CompileInput {
  const result = readSpec("sightline.yaml", text);
  if (result.status !== "ok") throw new Error(JSON.stringify(result.faults, null, 2));
  return {
    document: result.document,
    project: "sightline",
    target: { kind: "stack", name: "local", data: undefined },
    urls: { grafana: undefined, alertmanager: undefined, runbooks: undefined },
    dashboards: [],
    ...more,
  };
}

export function compileText(text: string, more: Partial<CompileInput> = {}): CompileResult {
  return compileSpec(inputOf(text, more));
}
