import type { AlertRule, Condition, Fact, ModelTarget, Source } from "../../compile/model.ts";
import type { Json } from "../../plan/resource.ts";
import { conditionRefId, factRefId, REF_ID } from "./ref-ids.ts";

export type GrafanaDatasources = Extract<ModelTarget, { kind: "grafana" }>["datasources"];
export type Step = { readonly [key: string]: Json };

/** Data source of expressions. https://grafana.com/docs/grafana/latest/alerting/fundamentals/alert-rules/queries-conditions/ */
const EXPRESSION = "__expr__";
/**
 * Seconds that a query may look back by the rule's own account. The queries are instant, so their
 * own windows decide; Grafana wants a range all the same.
 */
const RANGE_SECONDS = 600;

/** The steps of a rule's data and which of them decides. */
export function ruleData(
  rule: AlertRule,
  datasources: GrafanaDatasources,
): { readonly condition: string; readonly data: readonly Step[] } {
  const { expression } = rule;
  const facts = rule.message.facts
    .filter(({ of }) => of === undefined)
    .map((fact) => factStep(fact, rule.source, datasources));
  switch (expression.kind) {
    case "grafana":
      return { condition: expression.condition, data: expression.data as readonly Step[] };
    case "raw":
      return {
        condition: REF_ID.verdict,
        data: [
          queryStep(REF_ID.value, expression.query, rule.source, datasources),
          // The query holds its own condition: each series that it gives fires, whatever its value.
          mathStep(["is_number", "is_nan", "is_inf"].map((is) => `${is}($A)`).join(" || ")),
          ...facts,
        ],
      };
    case "conditions":
      return {
        condition: REF_ID.verdict,
        data: [
          ...expression.all.map((condition, index) =>
            queryStep(conditionRefId(index), condition.query, rule.source, datasources),
          ),
          verdictStep(expression.all),
          ...facts,
        ],
      };
  }
}

/** An instant query of a data source. */
export function queryStep(
  refId: string,
  query: string,
  source: Source,
  datasources: GrafanaDatasources,
): Step {
  const uid = datasources[source];
  const isLoki = source === "loki";
  return {
    refId,
    queryType: isLoki ? "instant" : "",
    relativeTimeRange: { from: RANGE_SECONDS, to: 0 },
    datasourceUid: uid,
    model: {
      refId,
      datasource: { type: source, uid },
      editorMode: "code",
      expr: query,
      ...(isLoki ? { queryType: "instant" } : { instant: true, range: false }),
    },
  };
}

/**
 * One query that finds nothing makes the whole rule "no data", however clear the condition is
 * (evaluateExecutionResult in pkg/services/ngalert/eval/eval.go): so a fact always answers.
 */
function factStep(fact: Fact, source: Source, datasources: GrafanaDatasources): Step {
  const query = `(${fact.query}) or on () vector(0)`;
  return queryStep(factRefId(fact.name), query, source, datasources);
}

/**
 * Mathematics, also where a threshold would be enough: a threshold of NaN is NaN, and fires. Seen on
 * 11.0.0 with `gt` and `lt`. And "at least" and "at most" are no types of a threshold there.
 */
function verdictStep(all: readonly Condition[]): Step {
  return mathStep(all.map(compareStep).join(" && "));
}

/**
 * A comparison with NaN is NaN in Grafana's mathematics, and a condition that is NaN fires (it is not
 * 0); in Prometheus and Loki it finds nothing. A quantile of a service that nobody asks is NaN.
 */
function compareStep({ comparison, amount }: Condition, index: number): string {
  const text = `$${conditionRefId(index)} ${OPERATOR[comparison]} ${amount}`;
  return `(is_number(${text}) && ${text})`;
}

const OPERATOR: { readonly [comparison in Condition["comparison"]]: string } = {
  above: ">",
  "at-least": ">=",
  below: "<",
  "at-most": "<=",
};

function mathStep(expression: string): Step {
  return expressionStep({ type: "math", expression });
}

function expressionStep(model: Step): Step {
  const refId = REF_ID.verdict;
  return {
    refId,
    queryType: "",
    relativeTimeRange: { from: 0, to: 0 },
    datasourceUid: EXPRESSION,
    model: { refId, datasource: { type: EXPRESSION, uid: EXPRESSION }, ...model },
  };
}
