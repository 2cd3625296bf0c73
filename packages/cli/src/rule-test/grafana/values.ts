import type { Labels } from "../case.ts";

/**
 * What a step of a Grafana rule gives, as pkg/expr/mathexp/types.go has it. `null` is Grafana's null:
 * a number that is not there.
 */
export type GrafanaValue =
  | { readonly kind: "number"; readonly labels: Labels; readonly value: number | null }
  | { readonly kind: "scalar"; readonly value: number | null }
  | { readonly kind: "no data" };

export type StepResult =
  | { readonly status: "ok"; readonly values: readonly GrafanaValue[] }
  | { readonly status: "error"; readonly message: string };

export function labelsOf(value: GrafanaValue): Labels {
  return value.kind === "number" ? value.labels : {};
}

export function labelsKey(labels: Labels): string {
  const names = Object.keys(labels).sort();
  return JSON.stringify(names.map((name) => [name, labels[name]]));
}

export function equalLabels(left: Labels, right: Labels): boolean {
  return labelsKey(left) === labelsKey(right);
}

/** Every label of `part` is in `whole`, with the same value. */
export function containsLabels(whole: Labels, part: Labels): boolean {
  return Object.entries(part).every(([name, value]) => whole[name] === value);
}
