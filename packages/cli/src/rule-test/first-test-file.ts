import { formatDuration } from "@sightline/core";
import type { AlertRule, Model } from "../compile/model.ts";

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
  const state = rule.whenEmpty === "firing" ? "firing" : "normal";
  return `  - name: ${JSON.stringify(`${rule.name}: when nothing is sent`)}
    alert: ${name}
    expect:
      - {at: ${wait}, state: ${state}}
${data.replaceAll("NAME", name).replaceAll("WAIT", wait)}`;
}

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
