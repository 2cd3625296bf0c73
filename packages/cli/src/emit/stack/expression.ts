import type { AlertRule, Condition } from "../../compile/model.ts";
import type { Comparison } from "../../spec/when.ts";

const OPERATOR: { readonly [comparison in Comparison]: string } = {
  above: ">",
  "at-least": ">=",
  below: "<",
  "at-most": "<=",
};

/**
 * The expression of a rule, in the language of its source; both read it the same. Undefined where
 * only Grafana can run it.
 */
export function alertExpression({ expression, by, whenEmpty }: AlertRule): string | undefined {
  if (expression.kind === "grafana") return undefined;
  if (expression.kind === "raw") return expression.query;
  const { all } = expression;
  const compared = all.map(compare);
  const condition =
    compared.length === 1
      ? (compared[0] as string)
      : compared.map((text) => `(${text})`).join(` and on(${by.join(", ")}) `);
  if (whenEmpty === "ok") return condition;
  // LogQL has no absent() of a metric query; this says the same in both languages.
  return `(${condition}) or (vector(0) unless on() (${all[0].query}))`;
}

/** In brackets always: a query may end in a weaker operator than the comparison. */
function compare({ query, comparison, amount }: Condition): string {
  return `(${query}) ${OPERATOR[comparison]} ${amount}`;
}
