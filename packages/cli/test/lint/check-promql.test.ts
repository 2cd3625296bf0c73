import { describe, expect, it } from "vitest";
import type { QueryRole } from "../../src/lint/problem.ts";
import { checkPromql } from "../../src/lint/promql/check-promql.ts";

function problems(query: string, role: QueryRole = "raw"): string[] {
  return checkPromql(query, { role, scrapeMillis: 30_000 }).map(
    ({ check, message, advice, from, to }) =>
      `${check} "${query.slice(from, to)}": ${message}${advice ? ` (${advice})` : ""}`,
  );
}

describe("PromQL that is well", () => {
  it.each([
    "up == 0",
    "absent(up{job='apps'})",
    'ALERTS{alertstate="firing"}',
    'sum by (job) (rate(http_requests_total{code=~"5.."}[5m])) / sum by (job) (rate(http_requests_total[5m])) > 0.05',
    "(sum(rate(a_total[5m])) > 5) and on() (sum(rate(b_total[5m])) > 1)",
    "histogram_quantile(0.95, sum by (le, job) (rate(http_duration_seconds_bucket[5m]))) > 1",
    "sum by (a) (x) / on(a) group_left sum by (a, b) (y) > 1",
    "sum by (a) (x) / ignoring(b) sum by (a, b) (y) > 1",
    "increase(errors_total[10m]) > 0 unless on(job) up == 0",
    "predict_linear(node_filesystem_free_bytes[6h], 4 * 3600) < 0",
    "max_over_time(rate(x_total[1m])[30m:1m]) > 5",
    'sum(rate({"http.requests.total"}[5m])) > 1',
    "count(errors_total) > 5",
    "pg_stat_activity_count > 90",
    "process_start_time_seconds > 0",
    "min by (a) ((x and x offset 5h) / -(deriv(x[6h]) < 0)) < 3600",
    "x - x offset 5m > 0",
  ])("%s", (query) => {
    expect(problems(query)).toEqual([]);
  });
});

describe("PromQL that Prometheus refuses", () => {
  it.each([
    ["", "promql-syntax", "the query is empty"],
    ["rate(x_total[5m]", "promql-syntax", 'a ")" is missing at the end'],
    ['x{job="a"', "promql-syntax", 'a "}" is missing'],
    ["x > ", "promql-syntax", "something is missing at the end"],
    ["rat(x_total[5m]) > 1", 'promql-syntax "rat"', 'did you mean "rate"?'],
    ["holt_winters(x[5m], 0.5, 0.5) > 1", "promql-syntax", "double_exponential_smoothing"],
    ["rate(x_total) > 1", 'promql-type "x_total"', "expected type matrix"],
    ["abs(x, y) > 1", "promql-type", "expected 1 argument(s)"],
    ["sum(x) and 5", "promql-type", "set operator not allowed"],
    ["histogram_quantile(rate(x_bucket[5m]), 0.9) > 1", "promql-type", "expected type scalar"],
    ["{} > 1", "promql-type", "at least one non-empty matcher"],
    ['x > "5"', "promql-type", "scalar and instant vector"],
    ['x{job=~"("} > 1', 'regex ""(""', "unterminated group"],
    ['x{job=~"a(?=b)"} > 1', "regex", "lookaheads"],
    ['x{job!~"(a)\\\\1"} > 1', "regex", "back references"],
    ['x{job=~"a{1001}"} > 1', "regex", "more than 1000 times"],
  ])("%s", (query, check, reason) => {
    const [first = "nothing was found"] = problems(query);
    expect(first).toContain(check);
    expect(first).toContain(reason);
  });

  it.each([
    'x{a=~"(?i)abc|\\\\d+"} > 1',
    'x{a=~"(?P<n>[[:alpha:]]+)\\\\pL\\\\Q(\\\\E"} > 1',
    'x{a=~"[(?=]"} > 1',
  ])("but RE2's own writing is taken: %s", (query) => {
    expect(problems(query)).toEqual([]);
  });
});

describe("PromQL that does something else than was meant", () => {
  it.each([
    ["rate(x_total[5m])", "promql-no-condition", "fires for each series"],
    ["sum(up) by (job)", "promql-no-condition", "add a condition"],
    ["up == bool 0", 'promql-no-condition "bool"', "fires for ever"],
    ["errors_total > 5", 'promql-counter "errors_total"', "rate(errors_total[5m])"],
    ["sum(errors_total) > 5", "promql-counter", "only grows"],
    ["rate(node_memory_free_bytes[5m]) > 1", "promql-rate-of-gauge", "deriv()"],
    ["increase(up[5m]) > 1", "promql-rate-of-gauge", "up goes up and down"],
    ["rate(x_total[15s]) > 1", 'promql-short-range "15s"', "at least [2m]"],
    ['x{job=~".*"} > 1', 'promql-matches-all "".*""', 'job=~".+"'],
    [
      "sum by (a) (x) / sum by (b) (y) > 1",
      'promql-matching "/"',
      "the left side has a, the right side b",
    ],
    ["sum(x) / sum by (b) (y) > 1", "promql-matching", "the left side has no labels"],
    [
      "sum by (a) (x) / on(b) sum by (b) (y) > 1",
      'promql-matching "on(b)"',
      "the left side does not have",
    ],
    ["sum by (a) (x) > 1 and on(c) y > 1", "promql-matching", "asks for c"],
    [
      "histogram_quantile(0.9, sum by (job) (rate(x_bucket[5m]))) > 1",
      "promql-quantile-le",
      "sum by (job, le)",
    ],
    ["histogram_quantile(0.9, sum(rate(x_bucket[5m]))) > 1", "promql-quantile-le", "sum by (le)"],
  ])("%s", (query, check, reason) => {
    const found = problems(query).join("\n");
    expect(found).toContain(check);
    expect(found).toContain(reason);
    expect(found.split("\n")).toHaveLength(1);
  });

  it("may lack a condition where the condition stands beside it", () => {
    expect(problems("sum by (job) (rate(x_total[5m]))", "value")).toEqual([]);
  });
});

it("PromQL of any bytes is judged and never throws", () => {
  const pieces = [
    "sum",
    "(",
    ")",
    "[5m]",
    "{",
    "}",
    '"',
    "by",
    "on",
    "/",
    "> 5",
    "x_total",
    "\u0000",
    "é",
    "🚨",
    "offset",
    "@",
    "`",
  ];
  let state = 7;
  const next = (): number => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state;
  };
  for (let round = 0; round < 2_000; round++) {
    const query = Array.from(
      { length: 1 + (next() % 9) },
      () => pieces[next() % pieces.length],
    ).join(" ");
    for (const { from, to } of checkPromql(query, { role: "raw", scrapeMillis: 30_000 })) {
      expect(from).toBeGreaterThanOrEqual(0);
      expect(to).toBeLessThanOrEqual(query.length);
    }
  }
});
