import { describe, expect, it } from "vitest";
import { lineQuery, quote } from "../../src/query/logql.ts";

describe("a query for lines", () => {
  it.each([
    { filter: {}, query: '{service_name=~".+", kind!~"error|session"}' },
    { filter: { service: "board" }, query: '{service_name="board", kind!~"error|session"}' },
    {
      filter: { service: "a", environment: "b", host: "c", kind: "crash" },
      query: '{service_name="a", deployment_environment_name="b", host_name="c", kind="crash"}',
    },
    {
      filter: { grep: "order \\d+" },
      query: '{service_name=~".+", kind!~"error|session"} |~ "order \\\\d+"',
    },
    {
      filter: { service: "a", grep: "x", minSeverity: 17 },
      query: '{service_name="a", kind!~"error|session"} |~ "x" | severity_number >= 17',
    },
    { filter: { service: "" }, query: '{service_name="", kind!~"error|session"}' },
  ])("$filter", ({ filter, query }) => {
    expect(lineQuery(filter)).toBe(query);
  });

  it.each([
    'a"} or {kind="x',
    "a` | json",
    "line\nbreak",
    "back\\",
    '\\"',
    "tab\tnul\0bell\u0007",
    "😀 ünïcode\u2028",
  ])("cannot be changed by the value %j", (value) => {
    const query = lineQuery({ service: value });
    // The whole value is one string literal: nothing of it stands outside.
    const [, literal = ""] =
      /^\{service_name=("(?:[^"\\\n]|\\.)*"), kind!~"error|session"\}$/.exec(query) ?? [];
    expect(JSON.parse(literal)).toBe(value);
    expect(lineQuery({ grep: value })).toBe(
      `{service_name=~".+", kind!~"error|session"} |~ ${quote(value)}`,
    );
  });
});
