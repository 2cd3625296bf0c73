import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { severityOf } from "../../packages/cli/src/lint/checks.ts";
import { checkLogql } from "../../packages/cli/src/lint/logql/check-logql.ts";
import { checkPromql } from "../../packages/cli/src/lint/promql/check-promql.ts";
import { type Rulers, startRulers } from "../harness/rulers.ts";

let rulers: Rulers;

beforeAll(async () => {
  rulers = await startRulers({ files: [], maxQuerySeries: 500, scrape: "127.0.0.1:9" });
}, 180_000);

afterAll(async () => {
  await rulers?.stop();
});

/** Undefined: the server reads it. */
async function complaint(url: string, query: string): Promise<string | undefined> {
  const answer = await fetch(`${url}?${new URLSearchParams({ query })}`);
  const text = await answer.text();
  if (answer.status === 200) return undefined;
  if (!text.includes("is not enabled")) expect(answer.status, text).toBe(400);
  return text;
}

function errorsOf(problems: readonly { check: string; message: string }[]): string | undefined {
  // A warning, because other Prometheus servers may be started for it.
  const isError = (check: string) => severityOf(check) === "error" || check === "experimental";
  const errors = problems.filter(({ check }) => isError(check));
  return errors[0]?.message;
}

const PROMQL = [
  "up",
  "up == 0",
  "up == bool 0",
  "x > 5 offset 5m",
  "(x) offset 5m",
  "rate(x[5m]) @ 5",
  "x @ 5 offset 1m",
  "limitk(5, x)",
  "avg(5, x)",
  "topk(x)",
  "quantile(0.9, x)",
  "x[5m:0m]",
  "rate(x[5m] smoothed)",
  "sum by (job) (rate(x_total[5m])) / sum by (job) (rate(y_total[5m]))",
  "sum(x) without (a, b)",
  "x / on(a) group_left(b) y",
  "x and y unless z or w",
  "x offset 5m",
  "x @ 1609746000",
  "x @ end()",
  "rate(x[5m] offset 1w)",
  "max_over_time(rate(x[5m])[1h:1m])",
  "max_over_time((x > 5)[1h:] offset 5m)",
  "histogram_quantile(0.9, sum by (le) (rate(x_bucket[5m])))",
  "quantile_over_time(0.9, x[5m])",
  'label_replace(x, "a", "$1", "b", "(.*)")',
  'count_values("version", build_info)',
  "topk(5, x)",
  "absent(x{a='b'})",
  "time() - x > 3600",
  "-x ^ 2 % 3",
  "1 + 2",
  "vector(1) or scalar(x) * x",
  "clamp_max(x, 5)",
  "day_of_week()",
  "predict_linear(x[1h], 3600)",
  "double_exponential_smoothing(x[5m], 0.5, 0.5)",
  '{__name__="x"}',
  '{"http.requests"}',
  'x{job=~"a|b", job!~"c.*", d!=""}',
  'x{job=~"(?i)a+"}',
  "x{a='b',}",
  "atan2(x, y)",
  "x atan2 y",
  "sgn(x)",
  "x[5m]",
  "rate(x)",
  "rate(x[5m]",
  "rate(x[5m])[5m]",
  "sum(x",
  "sum()",
  "sum by (a (x)",
  "x >",
  "> 5",
  "x > > 5",
  "x + rate(y[5m]) on(a)",
  "x and 5",
  "5 == 5",
  "5 == bool 5",
  "abs(x, y)",
  "abs()",
  "foo(x)",
  "holt_winters(x[5m], 0.5, 0.5)",
  "{}",
  '{a=~".*"}',
  '{a!="b"}',
  'x{a=~"("}',
  'x{a=~"a(?=b)"}',
  'x{a=~"(a)\\\\1"}',
  'x{a=~"a{1001}"}',
  'x{a=~"*"}',
  "x{a=b}",
  "x{a=~5}",
  'x{a="b"',
  'x{a="b}',
  "x[5]",
  "rate(x[0m])",
  "rate(x[abc])",
  "x offset",
  "rate(sum(x)[5m])",
  "histogram_quantile(rate(x_bucket[5m]), 0.9)",
  'topk("a", x)',
  "x / on(a) group_left group_right y",
  "x and on(a) group_left y",
  "x group_left y",
  "sum(x) by",
  "",
];

const STREAM = '{service_name="a"}';
const LOGQL = [
  STREAM,
  `${STREAM} |= "x" != "y" |~ "a|b" !~ "c"`,
  `${STREAM} |> "<_>x" !> "y"`,
  `${STREAM} | json | a="b" | x > 5 | d > 5s | s > 10KB | c=~"(?i)d" or e!="f"`,
  `${STREAM} | logfmt --strict a="b"`,
  `${STREAM} | pattern "<a> <_>" | regexp "(?P<b>x)" | unpack | line_format "{{.a}}" | label_format c=d`,
  `${STREAM} | drop a, b | keep c | decolorize`,
  `${STREAM} | ip = ip("10.0.0.0/8")`,
  `count_over_time(${STREAM}[5m])`,
  `sum by (a) (count_over_time(${STREAM} | json [5m])) > 5`,
  `sum(rate(${STREAM} |= "x" [5m])) by (a) / sum(rate(${STREAM}[5m])) by (a) > bool 5`,
  `quantile_over_time(0.9, ${STREAM} | json | unwrap duration(d) | __error__="" [5m]) by (a)`,
  `sum_over_time(${STREAM} | unwrap bytes(b) [5m])`,
  `absent_over_time(${STREAM}[5m])`,
  `approx_topk(5, sum by (a) (rate(${STREAM}[5m])))`,
  `topk(5, sum by (a) (rate(${STREAM}[5m])))`,
  `bytes_rate(${STREAM}[5m] offset 1h)`,
  `sum(count_over_time(${STREAM}[5m])) or vector(0)`,
  `label_replace(rate(${STREAM}[5m]), "a", "$1", "b", "(.*)")`,
  `sum(count_over_time(${STREAM}[5m])) and on(a) sum(count_over_time(${STREAM}[5m]))`,
  '{service_name=~".+"}',
  '{service_name=~"a|b", kind!=""}',
  '{a!~".*"}',
  "{}",
  '{a=~".*"}',
  '{a=""}',
  '{a!="b"}',
  '{a!~"b"}',
  '{a=~"b|"}',
  '{a=~"("}',
  '{a="b"',
  "{a=b}",
  `${STREAM} |=`,
  `${STREAM} |~ "("`,
  `${STREAM} !~ "a(?=b)"`,
  `${STREAM} | a=~"["`,
  `${STREAM} | regexp "x"`,
  `${STREAM} | regexp "("`,
  `${STREAM} | jsonn`,
  `${STREAM} | json |`,
  `count_over_time(${STREAM})`,
  `count_over_time(${STREAM}[5])`,
  `count_over_time(${STREAM}[5m]`,
  `cont_over_time(${STREAM}[5m])`,
  `sum(${STREAM})`,
  `sum(summ(rate(${STREAM}[5m])))`,
  `rate(${STREAM}[5m]) >`,
  `sum_over_time(${STREAM}[5m])`,
  `count_over_time(${STREAM} | unwrap x [5m])`,
  `count_over_time(${STREAM}[5m]) by (a)`,
  `topk(rate(${STREAM}[5m]))`,
  `quantile_over_time(${STREAM} | unwrap x [5m])`,
  `label_replace(rate(${STREAM}[5m]), "a", "$1", "b", "(")`,
  `${STREAM} > 5`,
  `sum(5, rate(${STREAM}[5m]))`,
  `rate(${STREAM} | unwrap x [5m])`,
  `rate_counter(${STREAM} | unwrap x [5m])`,
  `sum_over_time(${STREAM} | unwrap x [5m]) by (a)`,
  `max_over_time(${STREAM} | unwrap x [5m]) without (a)`,
  `absent_over_time(${STREAM} | unwrap x [5m])`,
  `sort_desc(rate(${STREAM}[5m]))`,
];

describe("lint and the servers agree", () => {
  test.each(PROMQL)("on PromQL: %s", async (query) => {
    const server = await complaint(`${rulers.prometheusUrl}/api/v1/format_query`, query);
    const lint = errorsOf(checkPromql(query, { role: "value", scrapeMillis: 1_000 }));
    expect(lint === undefined, `Prometheus: ${server}\nlint: ${lint}`).toBe(server === undefined);
  });

  test.each(LOGQL)("on LogQL: %s", async (query) => {
    // Some regular expressions are compiled only where they are run.
    const api = `${rulers.lokiUrl}/loki/api/v1`;
    const server =
      (await complaint(`${api}/format_query`, query)) ??
      (await complaint(`${api}/query_range`, query));
    // What a query is for is no matter of its grammar.
    const problems = checkLogql(query, { role: "value" });
    const lint = errorsOf(problems.filter(({ check }) => check !== "logql-kind"));
    expect(lint === undefined, `Loki: ${server}\nlint: ${lint}`).toBe(server === undefined);
  });
});
