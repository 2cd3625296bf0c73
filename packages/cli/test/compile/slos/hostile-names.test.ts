import { parser as logql } from "@grafana/lezer-logql";
import type { Tree } from "@lezer/common";
import { describe, expect, it } from "vitest";
import { compilePack } from "../../../src/compile/pack/compile-pack.ts";
import { compileProbes } from "../../../src/compile/probes/compile-probes.ts";
import { compileSlos } from "../../../src/compile/slos/compile-slos.ts";
import { parsePromql } from "../../../src/lint/promql/parse-promql.ts";
import { inputOf } from "../compile-text.ts";

const NAMES = [
  'say "hi"',
  "back\\slash",
  "a|b.*",
  "$HOME ${x}",
  "{{ .Values }}",
  "{service_name}",
  "naïve ☃ 日本",
  "'; drop table",
  "a`b",
  "#no comment",
  "\u202Eright to left",
  "x".repeat(190),
];

function hasError(tree: Tree): boolean {
  let isWrong = false;
  tree.iterate({
    enter(node) {
      isWrong ||= node.type.isError;
    },
  });
  return isWrong;
}

describe("Names of any kind", () => {
  it.each(NAMES)("give queries that can be read: %s", (name) => {
    const quoted = JSON.stringify(name);
    const input = inputOf(
      `
targets: [{name: prod, stack: {}, environment: ${quoted}}]
default_alerts: {change: {error-rate: {except: ${quoted}}, crash: {except: [${quoted}, b]}}}
slos:
  - {name: ${quoted}, service: ${quoted}, target: "99.9%", availability: true}
  - {name: ${JSON.stringify(`2 ${name}`.slice(0, 190))}, service: ${quoted}, target: "99.9%", latency: 1s}
probes: [{name: ${quoted}, url: "https://example.org", for: 5m}]
`,
      { target: { kind: "stack", name: "prod", data: undefined } },
    );
    const slos = compileSlos(input);
    const pack = compilePack(input);
    const probes = compileProbes(input);
    expect([...slos.faults, ...pack.faults, ...probes.faults]).toEqual([]);
    const rules = [...slos.rules, ...pack.rules, ...probes.rules];
    const queries = [
      ...rules.flatMap(({ source, expression, message }) =>
        [...(expression.kind === "conditions" ? expression.all : []), ...message.facts].map(
          ({ query }) => ({ source, query }),
        ),
      ),
      ...slos.records,
    ];
    expect(queries.length).toBeGreaterThan(80);
    const wrong = queries.filter(({ source, query }) =>
      hasError(source === "loki" ? logql.parse(query) : parsePromql(query)),
    );
    expect(wrong).toEqual([]);
    for (const { id } of [...rules, ...slos.records, ...probes.probes])
      expect(id).toMatch(/^[a-z0-9-]{1,40}$/);
  });
});
