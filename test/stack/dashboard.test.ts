import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Target } from "../../packages/cli/src/dashboard/dashboard-json.ts";
import {
  askAnnotation,
  askTarget,
  getSeries,
  lastValue,
  readDashboard,
  type Series,
  sumOfBars,
} from "../harness/dashboard.ts";
import { counter, durations, sendMetrics } from "../harness/metrics.ts";
import { sendLines } from "../harness/otlp.ts";
import { createTestStack, type TestStack } from "../harness/stack.ts";
import { until } from "../harness/until.ts";

const { queries, annotations, targetOf } = readDashboard("service-overview");

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
    askTarget(stack, target, { service, environment, instance: ".*", search: "" });
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
    const answer = await getSeries(`${stack.url("loki")}/loki/api/v1/query`, { query: errors });
    expect(shown.map(lastValue)).toEqual(answer.map(lastValue));
    expect(shown.map(lastValue)[0]).toBeGreaterThan(0);
  });

  it("a loss is counted whole, though its series starts above 0", async () => {
    expect(await latestOf("Records lost", "losing")).toBe(7);
    const byReason = await ask(targetOf("Records lost, by reason"), "losing", "unknown");
    const bars = byReason.filter(({ labels }) => labels["reason"] === "queue_full");
    expect(sumOfBars(bars)).toBe(7);
  });

  it("marks crashes and deployments of the service, but no death that was asked for or of a loop", async () => {
    const kinds = [
      {
        text: "quiet died: killed (run 1, after 3s)\n\nlast lines",
        kind: "crash",
        verdict: "killed",
      },
      { text: "quiet ended: killed as asked", kind: "crash", verdict: "killed", planned: "true" },
      { text: "quiet ended by itself", kind: "crash", verdict: "clean" },
      { text: "quiet died again", kind: "crash", verdict: "killed", restart_loop: "true" },
      { text: "quiet is deployed: 2.0", kind: "deploy" },
    ];
    await sendLines(
      stack.url("otlp"),
      "quiet",
      kinds.map(({ text, ...attributes }) => ({ text, attributes })),
    );
    const marks = await until("marks", async () => {
      const found = await Promise.all(
        annotations.map((annotation) =>
          askAnnotation(stack, annotation, { service: "quiet", environment: "unknown" }),
        ),
      );
      return found.every((texts) => texts.length > 0) && found;
    });
    expect(marks).toEqual([["quiet died: killed (run 1, after 3s)"], ["quiet is deployed: 2.0"]]);
  });

  it("finds lines by a text that holds quotes and signs of regular expressions", async () => {
    const text = `it's "50%" (of .* lines) done`;
    await sendLines(stack.url("otlp"), "quiet", [{ text }]);
    const lines = targetOf("Log lines");
    const found = await until("the line", async () => {
      const answer = await askTarget(stack, lines, {
        service: "quiet",
        environment: "unknown",
        instance: ".*",
        search: `IT'S "50%" (OF .* L`,
      });
      return answer.length > 0 && answer;
    });
    expect(found.flatMap(({ lines: texts }) => texts)).toEqual([text]);
  });
});
