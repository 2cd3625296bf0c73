import { describe, expect, it } from "vitest";
import { PACK } from "../../src/compile/pack/pack.ts";
import { findTypeFaults } from "../../src/lint/promql/parse-promql.ts";
import { compileText } from "../compile/compile-text.ts";

describe("Types of long PromQL", () => {
  it("are looked at to the end, however busy the machine is", () => {
    const part = "max_over_time((sum by (a) (rate(x_total[5m])) > 0)[24h:5m])";
    const long = Array.from({ length: 900 }, () => part).join(" + ");
    expect(findTypeFaults(long)).toEqual([]);
    expect(findTypeFaults(`${long} + rate(x_total)`)).toHaveLength(1);
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
