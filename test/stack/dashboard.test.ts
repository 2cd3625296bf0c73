import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Panel, Target } from "../../packages/cli/src/dashboard/dashboard-json.ts";
import { counter, durations, sendMetrics } from "../harness/metrics.ts";
import { sendLines } from "../harness/otlp.ts";
import { createTestStack, repositoryRoot, type TestStack } from "../harness/stack.ts";
import { until } from "../harness/until.ts";

/** The file that Grafana reads, not what the generator would write today. */
const { panels } = JSON.parse(
  readFileSync(join(repositoryRoot, "dashboards/service-overview.json"), "utf8"),
) as { panels: Panel[] };
const queries = panels.flatMap((panel) =>
  (panel.targets ?? []).map((target) => ({ panel: panel.title, target })),
);

const RANGE_SECONDS = 900;
const STEP_SECONDS = 60;

describe("every query of the service overview, asked of the real servers", () => {
  let stack: TestStack;

  beforeAll(async () => {
    stack = await createTestStack();
    const result = await stack.run("up", "--mode", "embedded");
    expect(result.stderr + result.stdout).toContain("every signal was read back");
    const requests = "http.server.request.duration";
    await sendMetrics(stack.url("otlp"), "calm", [durations(requests, "200", [10, 20, 30, 40])]);
    await sendMetrics(stack.url("otlp"), "unlucky", [
      durations(requests, "200", [10, 20, 30, 40]),
      durations(requests, "500", [1]),
    ]);
    await sendMetrics(stack.url("otlp"), "losing", [
      counter("sightline.dropped.records", [7], { signal: "logs", reason: "queue_full" }),
      counter("sightline.acknowledged.records", [10, 20], { signal: "logs" }),
    ]);
    await sendLines(stack.url("otlp"), "quiet", [{ text: "started" }, { text: "ready" }]);
  }, 300_000);

  afterAll(() => stack.dispose());

  const ask = (target: Target, service: string, environment: string): Promise<Series[]> =>
    query(stack, target, { service, environment });
  /** Until it is there: exports come every 15 seconds, and a rate needs two of them. */
  const latestOf = (title: string, service: string): Promise<number> =>
    until(`"${title}" of ${service}`, async () => {
      const series = await ask(targetOf(title), service, "unknown");
      return series.map(lastValue).find((value) => !Number.isNaN(value));
    });

  it.each(queries)("$panel, $target.refId: has data of the example", async ({ panel, target }) => {
    const series = await until(`data for "${panel}"`, async () => {
      const answer = await ask(target, "board", "demo");
      return answer.length > 0 && answer;
    });
    expect(series.length).toBeGreaterThan(0);
  });

  it.each(queries)(
    "$panel, $target.refId: is empty for a service that never sent",
    async ({ target }) => {
      expect(await ask(target, "never-seen", "demo")).toEqual([]);
    },
  );

  it("an error rate is 0 where requests came and none failed", async () => {
    expect(await latestOf("Requests per minute", "calm")).toBeGreaterThan(0);
    expect(await latestOf("Error rate", "calm")).toBe(0);
    const failed = await ask(
      targetOf("Failed requests per minute, by status and route"),
      "calm",
      "unknown",
    );
    expect(failed.map(({ labels }) => labels["http_route"])).toEqual(["none"]);
  });

  it("the first failure ever is seen, though its series starts at 1", async () => {
    for (const title of ["Error rate", "Failed requests per minute, by status and route"]) {
      await until(`"${title}" above 0`, async () => {
        const series = await ask(targetOf(title), "unlucky", "unknown");
        return series.some((one) => lastValue(one) > 0);
      });
    }
  });

  it("log errors are 0 where lines came and none is an error", async () => {
    expect(await latestOf("Log errors", "quiet")).toBe(0);
  });

  it("log errors count what the example logged as an error, as Loki counts it", async () => {
    const shown = await ask(targetOf("Log errors"), "board", "demo");
    const errors = `sum(count_over_time({service_name="board"} | kind="log" | severity_number >= 17 [1h]))`;
    const answer = await get(`${stack.url("loki")}/loki/api/v1/query`, { query: errors });
    expect(shown.map(lastValue)).toEqual(answer.map(lastValue));
    expect(shown.map(lastValue)[0]).toBeGreaterThan(0);
  });

  it("a loss is counted whole, though its series starts above 0", async () => {
    expect(await latestOf("Records lost", "losing")).toBe(7);
    const byReason = await ask(targetOf("Records lost, by reason"), "losing", "unknown");
    const bars = byReason.filter(({ labels }) => labels["reason"] === "queue_full");
    expect(bars.flatMap(({ values }) => values).reduce((sum, [, value]) => sum + value, 0)).toBe(7);
  });

  it("finds lines by a text that holds quotes and signs of regular expressions", async () => {
    const text = `it's "50%" (of .* lines) done`;
    await sendLines(stack.url("otlp"), "quiet", [{ text }]);
    const lines = targetOf("Log lines");
    const found = await until("the line", async () => {
      const answer = await query(stack, lines, {
        service: "quiet",
        environment: "unknown",
        search: `IT'S "50%" (OF .* L`,
      });
      return answer.length > 0 && answer;
    });
    expect(found.flatMap(({ lines: texts }) => texts)).toEqual([text]);
  });
});

interface Series {
  readonly labels: Readonly<Record<string, string>>;
  readonly values: readonly (readonly [number, number])[];
  readonly lines: readonly string[];
}

interface Answer {
  data: {
    resultType: "vector" | "matrix" | "streams";
    result: {
      metric?: Record<string, string>;
      stream?: Record<string, string>;
      value?: [number, string];
      values?: [number, string][];
    }[];
  };
}

function targetOf(title: string): Target {
  const found = queries.find(({ panel }) => panel === title);
  if (!found) throw new Error(`no panel "${title}"`);
  return found.target;
}

async function query(
  stack: TestStack,
  target: Target,
  variables: Readonly<Record<string, string>>,
): Promise<Series[]> {
  const isLoki = target.datasource.type === "loki";
  const isInstant = isLoki ? target.queryType === "instant" : target.instant === true;
  const base = isLoki ? `${stack.url("loki")}/loki` : stack.url("prometheus");
  const end = Math.floor(Date.now() / 1000);
  const times = isInstant
    ? { time: String(end) }
    : { start: String(end - RANGE_SECONDS), end: String(end), step: String(STEP_SECONDS) };
  return get(`${base}/api/v1/${isInstant ? "query" : "query_range"}`, {
    query: substitute(target.expr, variables),
    ...times,
  });
}

/** What Grafana does before it asks, with the values it would choose for these times. */
function substitute(expr: string, variables: Readonly<Record<string, string>>): string {
  const values: Record<string, string> = {
    instance: ".*",
    search: "",
    __rate_interval: "2m",
    __interval: `${STEP_SECONDS}s`,
    __range: `${RANGE_SECONDS}s`,
    ...variables,
  };
  return expr.replace(/\$\{?(\w+)(?::raw\})?/g, (whole, name) => {
    // `$1` in label_replace is no variable.
    if (/^\d+$/.test(name)) return whole;
    const value = values[name];
    if (value === undefined) throw new Error(`no value for the variable in ${whole}`);
    return value;
  });
}

async function get(url: string, parameters: Readonly<Record<string, string>>): Promise<Series[]> {
  const response = await fetch(`${url}?${new URLSearchParams(parameters)}`);
  const body = await response.text();
  expect(response.status, `${parameters["query"]}\n${body}`).toBe(200);
  const { data } = JSON.parse(body) as Answer;
  return data.result.map(({ metric, stream, value, values }) => {
    const points = values ?? (value ? [value] : []);
    return {
      labels: metric ?? stream ?? {},
      values: data.resultType === "streams" ? [] : points.map(([t, v]) => [t, Number(v)] as const),
      lines: data.resultType === "streams" ? points.map(([, line]) => line) : [],
    };
  });
}

function lastValue({ values }: Series): number {
  return values.at(-1)?.[1] ?? Number.NaN;
}
