import { closestName, GRAFANA_UID } from "@sightline/core";
import type { AlertRule, Model } from "../compile/model.ts";
import { emitGrafana } from "../emit/grafana/emit-grafana.ts";
import { emitStack } from "../emit/stack/emit-stack.ts";
import type { Fault } from "../fault.ts";
import type { TestCase } from "./case.ts";
import { type GrafanaRule, readGrafanaRule } from "./grafana/rule.ts";
import { type EmittedRule, readEmittedRules, recordsFor } from "./stack/emitted-rules.ts";

/** A case with everything of both outputs that it is about. */
export interface PreparedCase {
  readonly test: TestCase;
  readonly rules: readonly AlertRule[];
  /** Alerts of the rule files. */
  readonly stack: readonly EmittedRule[];
  /** Records that these and the Grafana rules read. */
  readonly records: readonly EmittedRule[];
  readonly grafana: readonly PreparedGrafana[];
  readonly durationMillis: number;
}

export type PreparedGrafana =
  | { readonly status: "ok"; readonly rule: GrafanaRule }
  | { readonly status: "failed"; readonly message: string };

export interface Prepared {
  readonly cases: readonly PreparedCase[];
  readonly faults: readonly Fault[];
}

/** Emits both outputs once, and finds for each case the rules in them. */
export function prepareCases(model: Model, tests: readonly TestCase[]): Prepared {
  const emitted = readEmittedRules(emitStack(model));
  const grafana = emitGrafanaRules(model);
  const faults: Fault[] = [];
  const cases = tests.flatMap((test) => {
    const rules = model.rules.filter(({ name, id }) => name === test.alert || id === test.alert);
    const fault = findFault(test, rules, model);
    if (fault) {
      faults.push(fault);
      return [];
    }
    return [prepareCase(test, rules, emitted, grafana)];
  });
  return { cases, faults };
}

function prepareCase(
  test: TestCase,
  rules: readonly AlertRule[],
  emitted: readonly EmittedRule[],
  grafana: ReadonlyMap<string, PreparedGrafana>,
): PreparedCase {
  const names = new Set(rules.map(({ name }) => name));
  const stack = emitted.filter(({ rule }) => rule.alert !== undefined && names.has(rule.alert));
  const own = rules.flatMap(({ id }) => grafana.get(id) ?? []);
  const queries = [
    ...stack.map(({ rule }) => rule.expr),
    ...stack.flatMap(({ rule }) => Object.values(rule.annotations ?? {})),
    ...own.flatMap((it) =>
      it.status === "ok"
        ? it.rule.steps.flatMap((step) => (step.kind === "query" ? [step.query] : []))
        : [],
    ),
  ];
  return {
    test,
    rules,
    stack,
    records: recordsFor(queries, emitted),
    grafana: own,
    durationMillis: Math.max(...test.expect.map(({ atMillis }) => atMillis)),
  };
}

/** For Grafana as it is, or for one with the data sources that ours has. */
function emitGrafanaRules(model: Model): ReadonlyMap<string, PreparedGrafana> {
  const target =
    model.target.kind === "grafana"
      ? model.target
      : ({
          kind: "grafana",
          name: model.target.name,
          url: "http://localhost:3300",
          token: undefined,
          orgId: undefined,
          folder: "Sightline",
          datasources: {
            prometheus: GRAFANA_UID.prometheus,
            loki: GRAFANA_UID.loki,
            tempo: GRAFANA_UID.tempo,
          },
          isEditable: false,
        } as const);
  const resources = emitGrafana({ ...model, target }).filter(({ kind }) => kind === "rule");
  return new Map(resources.map(({ id, body }) => [id, readRule(body, target.datasources)]));
}

function readRule(
  body: Parameters<typeof readGrafanaRule>[0],
  datasources: { readonly prometheus: string; readonly loki: string },
): PreparedGrafana {
  try {
    return { status: "ok", rule: readGrafanaRule(body, datasources) };
  } catch (error) {
    return { status: "failed", message: (error as Error).message };
  }
}

function findFault(test: TestCase, rules: readonly AlertRule[], model: Model): Fault | undefined {
  const fault = (message: string, advice: string): Fault => ({
    check: "unknown-alert",
    severity: "error",
    message,
    advice,
    place: test.place,
  });
  if (rules.length === 0) {
    const near = closestName(
      test.alert,
      model.rules.map(({ name }) => name),
    );
    return fault(
      `test "${test.name}": there is no alert "${test.alert}"`,
      near === undefined ? "sightline build shows all of them" : `did you mean "${near}"?`,
    );
  }
  if (rules.every(({ isEnabled }) => !isEnabled)) {
    return fault(`test "${test.name}": alert "${test.alert}" is switched off`, "enable it");
  }
  return undefined;
}
