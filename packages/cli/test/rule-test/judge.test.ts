import { describe, expect, test } from "vitest";
import type {
  AlertInstance,
  Expectation,
  Output,
  OutputRun,
  TestCase,
} from "../../src/rule-test/case.ts";
import { judgeCase } from "../../src/rule-test/judge.ts";
import { renderTimelines } from "../../src/rule-test/report/timeline.ts";

const place = { file: "t.yaml", line: 1, column: 1, path: "" };

function expectation(more: Partial<Expectation>): Expectation {
  return {
    atMillis: 60_000,
    state: "firing",
    labels: {},
    count: undefined,
    message: {},
    messageContains: [],
    tells: undefined,
    place,
    ...more,
  };
}

function alert(more: Partial<AlertInstance> = {}): AlertInstance {
  return { state: "firing", labels: { service: "api" }, annotations: { summary: "s" }, ...more };
}

function run(output: Output, alerts: readonly AlertInstance[]): OutputRun {
  const tick = (atMillis: number, own: readonly AlertInstance[]) => ({
    atMillis,
    alerts: own,
    values: [{ labels: {}, value: atMillis / 60_000 }],
  });
  return {
    status: "ran",
    output,
    ticks: [tick(0, []), tick(60_000, alerts), tick(120_000, alerts)],
  };
}

function judge(expect: Partial<Expectation>, ...runs: OutputRun[]): string[] {
  const one: TestCase = {
    name: "t",
    alert: "A",
    startMillis: 0,
    lines: [],
    series: [],
    expect: [expectation(expect)],
    place,
  };
  return judgeCase(one, runs, ({ service }) => [`of ${service}`]).map(({ message }) => message);
}

describe("what is expected and what came", () => {
  test("outputs that disagree are told apart, with the state in each", () => {
    expect(judge({}, run("prometheus", [alert()]), run("grafana", []))).toEqual([
      "expected firing, was normal: firing in Prometheus, normal in Grafana",
    ]);
    expect(
      judge({ state: "normal" }, run("loki", []), run("grafana", [alert({ state: "no data" })])),
    ).toEqual(["expected normal, was no data: normal in Loki, no data in Grafana"]);
  });

  test("messages that differ are told with the output that has another", () => {
    const message = { summary: { kind: "equals", text: "s" } } as const;
    const other = alert({ annotations: { summary: "another" } });
    expect(judge({ message }, run("loki", [alert()]), run("grafana", [other]))).toEqual([
      'summary: expected "s", was "another", in Grafana and not in Loki',
    ]);
  });

  test("an output that cannot run the rule does not judge it", () => {
    const absent = { status: "absent", output: "prometheus", reason: "" } as const;
    expect(judge({}, absent, run("grafana", [alert()]))).toEqual([]);
  });

  test("labels, count, parts of the message and contacts are compared", () => {
    const two = [alert(), alert({ labels: { service: "shop" } })];
    expect(judge({ count: 2 }, run("loki", two))).toEqual([]);
    expect(judge({ count: 1, labels: { service: "shop" } }, run("loki", two))).toEqual([]);
    expect(judge({ count: 1 }, run("loki", two))).toEqual([
      'expected 1 firing, were 2: {service="api"} {service="shop"}',
    ]);
    expect(judge({ labels: { service: "x" } }, run("loki", two))[0]).toContain(
      'expected firing, was normal; alerts there: {service="api"} {service="shop"}',
    );
    expect(judge({ messageContains: ["nothing"] }, run("loki", two))[0]).toContain('has "nothing"');
    expect(
      judge({ message: { line: { kind: "contains", texts: ["x"] } } }, run("loki", two))[0],
    ).toBe('line: expected "x" in it, was not there (there are summary)');
    expect(judge({ tells: ["of api", "of shop"] }, run("loki", two))).toEqual([]);
    expect(judge({ tells: [] }, run("loki", [alert()]))).toEqual([
      "expected to tell nobody, tells of api",
    ]);
  });

  test("a message that cannot be made is a fault also where nothing is expected of it", () => {
    const broken = alert({ annotations: { summary: "<error expanding template: no function>" } });
    expect(judge({}, run("loki", [broken]))).toEqual([
      "summary cannot be made: <error expanding template: no function>",
    ]);
  });

  test("a time between two evaluations is that of the one before", () => {
    expect(judge({ atMillis: 59_000, state: "normal" }, run("loki", [alert()]))).toEqual([]);
    expect(judge({ atMillis: 119_000 }, run("loki", [alert()]))).toEqual([]);
  });
});

test("a timeline marks every evaluation and the one that was meant", () => {
  expect(
    renderTimelines(
      [run("loki", [alert()]), run("grafana", [alert({ state: "pending" })])],
      60_000,
    ),
  ).toEqual([
    "Loki     ·■■  0m..2m",
    "          ^",
    "Grafana  ·▪▪  0m..2m",
    "          ^",
    "value    0m: 0  1m: 1  2m: 2",
  ]);
});
