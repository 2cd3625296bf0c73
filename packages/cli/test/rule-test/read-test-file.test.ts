import { describe, expect, test } from "vitest";
import type { TestCase } from "../../src/rule-test/case.ts";
import { readTestFile } from "../../src/rule-test/file/read-test-file.ts";

function faultsOf(text: string): string[] {
  const read = readTestFile("t.yaml", text);
  if (read.status === "ok") return [];
  return read.faults.map(
    ({ place, check, message, advice }) =>
      `${place?.line}:${place?.column} ${check}: ${message}${advice ? ` (${advice})` : ""}`,
  );
}

function casesOf(text: string): readonly TestCase[] {
  const read = readTestFile("t.yaml", text);
  if (read.status !== "ok") throw new Error(JSON.stringify(read.faults));
  return read.cases;
}

describe("a test file", () => {
  test("gives lines with their times, labels and fields", () => {
    const [one] = casesOf(`tests:
  - name: a
    alert: A
    lines:
      - {service: api, text: x, at: 1m..2m every 30s, severity: error, fields: {user.hash: u, n: 3, ok: true}}
      - {service: api, text: [y, z], at: [0, 5m], count: 2, kind: error, environment: staging, host: vm2}
    expect: [{at: 5m, state: normal}]
`);
    expect(one?.lines.filter(({ text }) => text === "x")).toEqual(
      [60_000, 90_000, 120_000].map((atMillis) => ({
        atMillis,
        text: "x",
        stream: {
          service_name: "api",
          deployment_environment_name: "production",
          host_name: "test-host",
          kind: "log",
        },
        metadata: {
          severity_text: "ERROR",
          severity_number: "17",
          user_hash: "u",
          n: "3",
          ok: "true",
        },
      })),
    );
    const others = one?.lines.filter(({ text }) => text !== "x") ?? [];
    expect(others).toHaveLength(8);
    expect(others[0]?.stream).toMatchObject({ kind: "error", host_name: "vm2" });
  });

  test("gives the histogram of requests; entries of equal labels add up and stay", () => {
    const [one] = casesOf(`tests:
  - name: a
    alert: A
    requests:
      - {service: api, rpm: 60, duration: 100ms, at: 0m..1m}
      - {service: api, rpm: 120, duration: 2s, at: 1m..2m}
      - {service: api, rpm: 6, status: 500}
    expect: [{at: 3m, state: normal}]
`);
    const tokensOf = (name: string, part: string) =>
      one?.series.find(({ series }) => series.startsWith(name) && series.includes(part))?.tokens;
    const ok = 'http_response_status_code="200"';
    const metric = "http_server_request_duration_seconds";
    expect(tokensOf(`${metric}_count`, ok)).toEqual(["0", "30", "60", "120", "180", "180", "180"]);
    expect(
      tokensOf(`${metric}_bucket`, `${ok},http_route="/",service_name="api",le="0.1"`),
    ).toEqual(["0", "30", "60", "60", "60", "60", "60"]);
    expect(
      tokensOf(`${metric}_bucket`, `${ok},http_route="/",service_name="api",le="+Inf"`),
    ).toEqual(tokensOf(`${metric}_count`, ok));
    expect(tokensOf(`${metric}_count`, 'status_code="500"')).toEqual([
      "0",
      "3",
      "6",
      "9",
      "12",
      "15",
      "18",
    ]);
  });

  test("tells every fault at once, with line, column and what was meant", () => {
    expect(
      faultsOf(`tests:
  - name: a
    alert: A
    line: []
    lines:
      - {service: api, text: x, at: 5 minutes, severity: eror}
      - {service: api, text: x, at: 1m..6m}
      - {text: x, at: 6m..1m every 1m}
    series:
      - {series: up, values: "0+60xx"}
    requests:
      - {service: api, rpm: -1, at: 1m..2m every 1s}
    expect:
      - {at: 1m, state: fireing}
      - {at: 1m..2m every 1m, state: normal}
`),
    ).toEqual([
      '4:5 unknown-key: unknown key "line" (did you mean "lines"?)',
      '6:37 wrong-value: "5 minutes" is no time; write 5m, or 1m..6m every 30s',
      "6:58 wrong-value: expected trace, debug, info, warn, error or fatal",
      '7:37 wrong-value: "1m..6m" says no step; write for example 1m..6m every 30s',
      "8:9 missing: missing; expected a text",
      '8:23 wrong-value: "6m..1m every 1m" ends before it begins',
      '10:30 wrong-value: "0+60xx" is no sample; expected a number, 0+60x10, 5x3, _, _x3 or stale',
      "12:29 wrong-value: expected at least 0, got the number -1",
      '12:37 wrong-value: "1m..2m every 1s": requests have a rpm and no step',
      '14:25 wrong-value: expected normal, pending, firing, no data or error, got "fireing" (did you mean "firing"?)',
      '15:14 wrong-value: "1m..2m every 1m" is no single time',
    ]);
  });

  test("refuses what cannot be meant: a message of what does not fire, two tests of one name", () => {
    expect(
      faultsOf(`tests:
  - {name: a, alert: A, expect: [{at: 1m, state: normal, message: {line: x}}]}
  - {name: a, alert: B, expect: [{at: 1m, state: pending, tells: [ops]}]}
`),
    ).toEqual([
      '2:67 no-message: only an alert that fires has a message; this one is "normal" (leave message out)',
      '3:12 duplicate-name: two tests are called "a" (give each its own name)',
      '3:66 no-message: only an alert that fires tells somebody; this one is "pending" (leave tells out)',
    ]);
  });

  test.each([
    ["nothing", ""],
    ["no test", "tests: []"],
    ["another document", "- a\n- b"],
    ["broken YAML", "tests: [{name: a"],
    [
      "a bomb of aliases",
      `a: &a [x, x, x, x, x, x, x, x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a]\nc: &c [*b, *b, *b, *b, *b, *b, *b, *b]\nd: [*c, *c, *c, *c, *c, *c, *c, *c]\ntests: []`,
    ],
    [
      "endless times",
      "tests: [{name: a, alert: A, lines: [{service: a, text: x, at: 0m..30d every 1ms}], expect: [{at: 1m, state: normal}]}]",
    ],
    [
      "endless samples",
      'tests: [{name: a, alert: A, series: [{series: a, values: "1x999999999"}], expect: [{at: 1m, state: normal}]}]',
    ],
    ["a case of years", "tests: [{name: a, alert: A, expect: [{at: 300d, state: normal}]}]"],
    [
      "too many lines",
      `tests: [{name: a, alert: A, lines: [{service: a, text: x, at: 0m..24h every 10s, count: 10000}], expect: [{at: 1m, state: normal}]}]`,
    ],
  ])("is refused with a place where it holds %s", (_name, text) => {
    const faults = faultsOf(text);
    expect(faults.length).toBeGreaterThan(0);
    for (const fault of faults) expect(fault).toMatch(/^\d+:\d+ /);
  });
});
