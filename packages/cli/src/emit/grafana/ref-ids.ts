/** Names of the steps of a rule's data. Texts read them as `$values.<refId>`, so they never change. */
export const REF_ID = {
  /** The first condition's query; the figure of the alert. */
  value: "A",
  /** What decides: the rule's `condition`. */
  verdict: "C",
} as const;

/** Query of the nth condition, from 0: `A`, `A2`, `A3`. */
export function conditionRefId(index: number): string {
  return index === 0 ? REF_ID.value : `${REF_ID.value}${index + 1}`;
}

/** Query of a fact: `fact_line`. Only letters, digits and `_`, else a template cannot name it. */
export function factRefId(name: string): string {
  return `fact_${name.replaceAll(/[^A-Za-z0-9_]/g, "_")}`;
}
