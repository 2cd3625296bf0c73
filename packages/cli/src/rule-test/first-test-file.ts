import { formatDuration } from "@sightline/core";
import type { AlertRule, Model } from "../compile/model.ts";
import type { Comparison } from "../spec/when.ts";

/**
 * A first test file for the alerts of a specification: that each is quiet while nothing happens, and
 * for those on lines or requests of a service where to begin.
 */
export function firstTestFile({ rules }: Model): string {
  const own = rules.filter(({ origin, isEnabled }) => origin === "user" && isEnabled);
  const [first = rules[0]] = own;
  const shown = own.length > 0 ? own : first ? [first] : [];
  return `# What the alerts of sightline.yaml do: \`sightline test\` sends these lines and samples to the real
# servers, in a time of their own, and compares. All of it: docs/rule-tests.md
tests:
${shown.map(renderTests).join("")}`;
}

function renderTests(rule: AlertRule): string {
  const name = JSON.stringify(rule.name);
  const wait = formatDuration(Math.max(rule.forMillis, rule.everyMillis) + 600_000).replace(
    " ",
    "",
  );
  const data = rule.source === "loki" ? LINES : REQUESTS;
  const state = stateOfNothing(rule);
  return `  - name: ${JSON.stringify(`${rule.name}: when nothing is sent`)}
    alert: ${name}
    expect:
      - {at: ${wait}, state: ${state}}
${data.replaceAll("NAME", name).replaceAll("WAIT", wait)}`;
}

function stateOfNothing(rule: AlertRule): string {
  const { expression } = rule;
  if (expression.kind === "grafana") return STATE_OF_NO_DATA[expression.noData] ?? "normal";
  return firesOnNothing(rule) ? "firing" : "normal";
}

const STATE_OF_NO_DATA: Readonly<Record<string, string>> = {
  Alerting: "firing",
  NoData: "no data",
};

/** Silence is what some alerts are about: absence, and "fewer than" of what is counted. */
function firesOnNothing({ expression, whenEmpty }: AlertRule): boolean {
  if (whenEmpty === "firing") return true;
  const text = expression.kind === "raw" ? expression.query : "";
  if (expression.kind !== "conditions") return /^absent/.test(text);
  return expression.all.every(({ query, comparison, amount }) => {
    const value = /absent(_over_time)?\(/.test(query)
      ? 1
      : /\bor vector\(0\)\)*$/.test(query)
        ? 0
        : undefined;
    return value !== undefined && COMPARE[comparison](value, Number(amount));
  });
}

const COMPARE: Readonly<Record<Comparison, (value: number, amount: number) => boolean>> = {
  above: (value, amount) => value > amount,
  "at-least": (value, amount) => value >= amount,
  below: (value, amount) => value < amount,
  "at-most": (value, amount) => value <= amount,
};

const LINES = `  # - name: fires, and says the line
  #   alert: NAME
  #   lines:
  #     - {service: api, text: "the line that it is about", at: 1m..6m every 30s, severity: error}
  #   expect:
  #     - {at: 0m, state: normal}
  #     - {at: 6m, state: firing, count: 1, message: {line: "the line that it is about"}}
`;

const REQUESTS = `  # - name: fires when requests are slow
  #   alert: NAME
  #   requests:
  #     - {service: api, rpm: 60, duration: 100ms, at: 0m..10m}
  #     - {service: api, rpm: 60, duration: 3s, at: 10m..30m}
  #   expect:
  #     - {at: 9m, state: normal}
  #     - {at: 30m, state: firing, count: 1}
`;
