import { describe, expect, it } from "vitest";
import { PACK } from "../../src/compile/pack/pack.ts";
import { findTypeFaults } from "../../src/lint/promql/parse-promql.ts";
import { compileText } from "../compile/compile-text.ts";

describe("Types of long PromQL", () => {
  it("are looked at to the end, however busy the machine is", () => {
    const matchers = Array.from({ length: 20_000 }, (_, index) => `label_${index}="value"`);
    const series = `x_total{${matchers.join(", ")}}`;
    expect(findTypeFaults(`max_over_time(sum(rate(${series}[5m]))[24h:5m])`)).toEqual([]);
    expect(findTypeFaults(`sum(rate(${series}[5m])) + rate(x_total)`)).toHaveLength(1);
  });

  it("of the default alerts are right", () => {
    const { model } = compileText("contacts: []");
    const queries = model.rules.flatMap(({ expression, source }) =>
      source === "prometheus" && expression.kind === "conditions"
        ? expression.all.map(({ query }) => query)
        : [],
    );
    expect(queries.length).toBeGreaterThan(PACK.length - 10);
    expect(queries.flatMap(findTypeFaults)).toEqual([]);
  });
});
