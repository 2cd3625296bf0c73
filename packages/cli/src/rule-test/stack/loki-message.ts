import type { Sample, TestCase } from "../case.ts";
import type { LokiEngine } from "../engines/loki.ts";
import type { PromRule } from "../engines/promtool.ts";
import { NotForTests, renderTemplate } from "../go-template/render.ts";
import type { GoValue } from "../go-template/values.ts";
import type { RenderLokiMessage } from "./run-stack.ts";

/** A template asks for what an answer told it only so many times over. */
const MAX_ROUNDS = 5;

/**
 * Renders the annotations of Loki rules. `query` in a template asks the Loki of the test at the time
 * of the evaluation; since a template cannot wait, it is rendered again until all answers are there.
 */
export function createLokiMessages(
  loki: LokiEngine | undefined,
  tenant: string,
  { startMillis }: TestCase,
): RenderLokiMessage {
  const answers = new Map<string, readonly GoValue[] | Error>();
  return async (rule, sample, atMillis) => {
    const key = (query: string): string => `${atMillis} ${query}`;
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      const unknown = new Set<string>();
      const texts = renderAll(rule, sample, (query) => {
        const answer = answers.get(key(query));
        if (answer instanceof Error) throw answer;
        if (answer === undefined) unknown.add(query);
        return answer ?? [];
      });
      if (unknown.size === 0 || loki === undefined) return texts;
      for (const query of unknown) {
        const times = { firstMillis: startMillis + atMillis, everyMillis: 1000, count: 1 };
        const answer = await loki.evaluate(tenant, query, times);
        answers.set(
          key(query),
          answer.status === "failed"
            ? new Error(answer.message)
            : (answer.at[0] ?? []).map(({ labels, value }) => ({ Labels: labels, Value: value })),
        );
      }
    }
    throw new Error(`the message of "${rule.alert}" asks ever new queries`);
  };
}

function renderAll(
  rule: PromRule,
  sample: Sample,
  ask: (query: string) => readonly GoValue[],
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(rule.annotations ?? {}).map(([name, text]) => [
      name,
      renderOne(text, sample, ask),
    ]),
  );
}

function renderOne(
  text: string,
  { labels, value }: Sample,
  ask: (query: string) => readonly GoValue[],
): string {
  const dot = { Labels: labels, Value: value, ExternalLabels: {}, ExternalURL: "" };
  const variables = { labels, value, externalLabels: {}, externalURL: "" };
  try {
    return renderTemplate(text, { variables, dot, ask, missing: "empty" });
  } catch (error) {
    if (error instanceof NotForTests) return `<not checked: ${error.message}>`;
    // What the ruler sends then (rules/alerting.go).
    return `<error expanding template: ${(error as Error).message}>`;
  }
}
