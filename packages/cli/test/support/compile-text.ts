import { type CompileResult, compileSpec } from "../../src/compile/compile-spec.ts";
import type { Model, ModelTarget } from "../../src/compile/model.ts";
import { readSpec, type SpecDocument } from "../../src/spec/read-spec.ts";

export interface Compiled extends CompileResult {
  readonly document: SpecDocument;
}

const STACK: ModelTarget = { kind: "stack", name: "local", data: undefined };

export const GRAFANA_TARGET: ModelTarget = {
  kind: "grafana",
  name: "prod",
  url: "https://grafana.example",
  token: undefined,
  orgId: undefined,
  folder: "Sightline",
  datasources: {
    prometheus: "sightline-prometheus",
    loki: "sightline-loki",
    tempo: "sightline-tempo",
  },
  isEditable: false,
};

/** A specification as the commands read it. Faults of the schema end the test. */
export function compileText(text: string, target: ModelTarget = STACK): Compiled {
  const read = readSpec("sightline.yaml", text);
  if (read.status === "invalid") throw new Error(JSON.stringify(read.faults, null, 1));
  const urls = {
    grafana: "https://grafana.example",
    alertmanager: "http://127.0.0.1:9093",
    runbooks: undefined,
  };
  const { document } = read;
  return {
    document,
    ...compileSpec({
      document,
      project: document.spec.project ?? "shop",
      target,
      urls,
      dashboards: [],
    }),
  };
}

/** The model of a specification without errors. */
export function modelOf(text: string, target?: ModelTarget): Model {
  const { model, faults } = compileText(text, target);
  const errors = faults.filter(({ severity }) => severity === "error");
  if (errors.length > 0) throw new Error(JSON.stringify(errors, null, 1));
  return model;
}

/** `check: message` of every fault, with its line. */
export function faultsOf(text: string, target?: ModelTarget): readonly string[] {
  const read = readSpec("sightline.yaml", text);
  const faults = read.status === "invalid" ? read.faults : compileText(text, target).faults;
  return faults.map(
    ({ check, message, advice, place }) =>
      `${place?.line ?? "-"} ${check}: ${message}${advice === undefined ? "" : ` (${advice})`}`,
  );
}
