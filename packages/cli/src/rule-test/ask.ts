import type { Sample } from "./case.ts";
import type { PreparedCase } from "./prepare.ts";

/** When something is evaluated: from the start of the case to its last expectation. */
export function ticksOf(durationMillis: number, everyMillis: number): number[] {
  return Array.from(
    { length: Math.floor(durationMillis / everyMillis) + 1 },
    (_, index) => index * everyMillis,
  );
}

/** A query that is to be asked of Loki at every tick. */
export interface LokiQuestion {
  readonly query: string;
  readonly everyMillis: number;
  readonly lagMillis: number;
}

export function questionKey({ query, everyMillis, lagMillis }: LokiQuestion): string {
  return `${everyMillis} ${lagMillis} ${query}`;
}

/** What Loki is asked before anything else is known: rules, records, Grafana's steps, the figure shown. */
export function lokiQuestions(prepared: PreparedCase): readonly LokiQuestion[] {
  const questions: LokiQuestion[] = [];
  for (const { engine, rule, everyMillis } of [...prepared.stack, ...prepared.records]) {
    if (engine === "loki") questions.push({ query: rule.expr, everyMillis, lagMillis: 0 });
  }
  for (const it of prepared.grafana) {
    if (it.status === "failed") continue;
    for (const step of it.rule.steps) {
      if (step.kind !== "query" || step.engine !== "loki") continue;
      const { query, lagMillis } = step;
      questions.push({ query, everyMillis: it.rule.everyMillis, lagMillis });
    }
  }
  for (const rule of prepared.rules) {
    const query = shownQuery(rule);
    if (rule.source === "loki" && query !== undefined) {
      questions.push({ query, everyMillis: rule.everyMillis, lagMillis: 0 });
    }
  }
  const byKey = new Map(questions.map((question) => [questionKey(question), question]));
  return [...byKey.values()];
}

/** The figure of the first condition: what people compare with the threshold. */
export function shownQuery(rule: PreparedCase["rules"][number]): string | undefined {
  return rule.expression.kind === "conditions" ? rule.expression.all[0].query : undefined;
}

export type Vectors =
  | { readonly status: "ok"; readonly at: readonly (readonly Sample[])[] }
  | { readonly status: "failed"; readonly message: string };
