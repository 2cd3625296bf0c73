import { describe, expect, it } from "vitest";
import { checkLogql } from "../../src/lint/logql/check-logql.ts";
import type { QueryRole } from "../../src/lint/problem.ts";

const STREAM = '{service_name="api"}';

function problems(query: string, role: QueryRole): string[] {
  return checkLogql(query, { role }).map(
    ({ check, message, advice, from, to }) =>
      `${check} "${query.slice(from, to)}": ${message}${advice ? ` (${advice})` : ""}`,
  );
}

describe("LogQL that is well", () => {
  it.each([
    `sum(count_over_time(${STREAM} |= "failed" [5m])) > 5`,
    `sum by (fp) (count_over_time({kind="error"} [10m])) >= 3`,
    `topk(5, sum by (fp) (count_over_time({kind="error"}[5m]))) > 5`,
    `sum(sum_over_time(${STREAM} | json | unwrap x | __error__="" [5m])) > 1`,
    `absent_over_time(${STREAM}[10m])`,
    `sum(rate({host_name=~".+"} |~ "a|b" [1m])) > 100`,
    `(sum(count_over_time(${STREAM}[5m])) or vector(0)) < 1`,
    `sum(count_over_time({service_name!="", kind="log"} | pattern "<_> <status>" | status="500" [5m])) > 0`,
  ])("%s", (query) => {
    expect(problems(query, "raw")).toEqual([]);
  });

  it.each([`${STREAM} |= "x" != "y" |> "<_>x"`, `${STREAM} | a=~"(?i)b" | logfmt`])(
    "where lines are selected: %s",
    (query) => {
      expect(problems(query, "lines")).toEqual([]);
    },
  );
});

describe("LogQL that Loki refuses", () => {
  it.each<[string, QueryRole, string, string]>([
    ["", "raw", "logql-syntax", "empty"],
    [`count_over_time(${STREAM})`, "raw", "logql-syntax", "a range is missing"],
    [
      `sum(count_over_time(${STREAM}[5m]) > 5`,
      "raw",
      "logql-syntax",
      'a ")" is missing at the end',
    ],
    [`cont_over_time(${STREAM}[5m]) > 5`, "raw", "logql-syntax", 'did you mean "count_over_time"?'],
    [`sum(summ(${STREAM}[5m])) > 5`, "raw", "logql-syntax", 'no function "summ"'],
    [`${STREAM} |= `, "lines", "logql-syntax", "something is missing"],
    [STREAM, "raw", "logql-kind", "an alert needs a figure"],
    [STREAM, "value", "logql-kind", "sum(count_over_time"],
    [`sum(rate(${STREAM}[5m]))`, "lines", "logql-kind", "selects lines"],
    ["{}", "lines", "logql-selector", "Loki refuses"],
    ['{service_name=~".*"}', "lines", "logql-selector", "fits a missing label"],
    ['{service_name=""}', "lines", "logql-selector", "fits a missing label"],
    ['{service_name!="a"}', "lines", "logql-selector", "fits a missing label"],
    ['{service_name=~"a|"}', "lines", "logql-selector", "fits a missing label"],
    [`${STREAM} |~ "("`, "lines", "regex", "unterminated group"],
    [`${STREAM} !~ "a(?!b)"`, "lines", "regex", "lookaheads"],
    [`${STREAM} | a=~"["`, "lines", "regex", "no regular expression of Loki"],
    [`${STREAM} | regexp "x+"`, "lines", "regex", "names none"],
  ])("%s", (query, role, check, reason) => {
    const found = problems(query, role).join("\n");
    expect(found).toContain(check);
    expect(found).toContain(reason);
    expect(found.split("\n")).toHaveLength(1);
  });
});

describe("LogQL that does something else than was meant", () => {
  it.each([
    [`sum(count_over_time(${STREAM}[5m]))`, "logql-no-condition", "fires for each series"],
    [`sum(count_over_time(${STREAM}[5m])) > bool 5`, 'logql-no-condition "bool"', "fires for ever"],
    [
      `sum(count_over_time({service="a", kind="log"}[5m])) > 5`,
      "logql-stream-label",
      '| service = "a"',
    ],
    [
      `sum(count_over_time({service_nam="a", kind="log"}[5m])) > 5`,
      "logql-stream-label",
      'did you mean "service_name"?',
    ],
    [
      `sum(sum_over_time(${STREAM} | json | unwrap x [5m])) > 1`,
      'logql-error-label "json"',
      '__error__=""',
    ],
    [
      `sum(max_over_time(${STREAM} | unwrap x [5m])) > 1`,
      'logql-error-label "unwrap"',
      "alert is silent",
    ],
    [`approx_topk(5, sum by (fp) (rate(${STREAM}[5m]))) > 5`, "experimental", "shard_aggregations"],
    [`sum by (trace_id) (count_over_time(${STREAM}[5m])) > 5`, "logql-many-series", "500"],
  ])("%s", (query, check, reason) => {
    const found = problems(query, "raw").join("\n");
    expect(found).toContain(check);
    expect(found).toContain(reason);
  });
});
