import { describe, expect, it } from "vitest";
import { OWNERS, SIGNAL_NAMES, SIGNALS } from "../../../src/compile/alerts/signals.ts";
import { compileOne, conditionOf, faultsOf, queryOf } from "../compile-alert.ts";

const metric = (selector: string, when: string, rest = ""): string =>
  `  - {name: A, metric: ${selector}, when: ${when}${rest}}`;
const BY = "deployment_environment_name, service_name";

describe("an alert on a figure", () => {
  it("compares a quantile, and leaves out services that nobody asks", () => {
    const rule = compileOne(metric("{service: api, signal: p95}", "above 1.5s for 5m"));
    expect(queryOf(rule)).toBe(
      `histogram_quantile(0.95, sum by (le, ${BY}) (rate(http_server_request_duration_seconds_bucket{service_name="api"}[5m]))) >= 0`,
    );
    expect(conditionOf(rule)).toBe("above 1.5");
    expect(rule).toMatchObject({ source: "prometheus", forMillis: 300_000, everyMillis: 60_000 });
  });

  it("wants ten requests before it speaks of a share of them", () => {
    const rule = compileOne(metric("{service: api, signal: error_rate, over: 10m}", "above 5%"));
    expect(queryOf(rule)).toMatch(/ >= 10 \/ 600\)$/);
    expect(conditionOf(rule)).toBe("above 0.05");
  });

  it.each([
    ["error_rate", "above 0.1%", "above 0.001"],
    ["p99", "above 250ms", "above 0.25"],
    ["rpm", "below 2/s", "below 120"],
    ["rpm", "above 600", "above 600"],
    ["disk_hours_left", "below 24", "below 86400"],
    ["disk_hours_left", "below 2d", "below 172800"],
    ["process_memory", "above 1.5GiB", "above 1610612736"],
    ["container_restarts", "at least 3", "at-least 3"],
    ["heap_used", "at most 90%", "at-most 0.9"],
  ])("%s %s is %s in base units", (signal, when, expected) => {
    expect(conditionOf(compileOne(metric(`{signal: ${signal}}`, when)))).toBe(expected);
  });

  it("takes PromQL of the user with a condition in any unit", () => {
    const rule = compileOne(metric("{query: 'sum by (job) (up)'}", "below 1 for 2m", ", by: job"));
    expect(queryOf(rule)).toBe("sum by (job) (up)");
    expect(rule.by).toEqual(["job"]);
    expect(conditionOf(compileOne(metric("{query: x}", "above 20MB")))).toBe("above 20000000");
  });

  it("is divided by the route where one is named, and by what the signal has", () => {
    const rule = compileOne(metric("{service: api, signal: p95, route: /pay}", "above 1s"));
    expect(rule.by).toEqual(["deployment_environment_name", "http_route", "service_name"]);
    expect(queryOf(rule)).toContain('http_route="/pay"');
    const disk = compileOne(metric("{signal: disk_used, host: vm-1}", "above 90%"));
    expect(disk.by).toEqual(["deployment_environment_name", "host_name", "mountpoint"]);
  });

  it.each([
    ["{service: api, signal: p95}", "above 5%", "p95 is a time"],
    ["{service: api, signal: p95}", "above 5", "has no unit"],
    ["{service: api, signal: error_rate}", "above 5", "has no unit"],
    ["{service: api, signal: p95}", "above 1s in 5m", 'write "for 5m"'],
    ["{service: api, signal: p59}", "above 1s", 'did you mean "p50"?'],
    ["{service: api, signal: cpu}", "above 90%", "container_cpu"],
    ["{service: api, signal: heap_used, route: /x}", "above 90%", "has no route"],
    ["{service: api, signal: heap_used, over: 5m}", "above 90%", "looks at one moment"],
    ["{service: api, signal: p95, over: 10s}", "above 1s", "too few samples"],
    ["{service: api}", "above 1s", 'expected "signal" or "query"'],
    ["{query: x, service: api}", "above 1s", "would not count"],
  ])("refuses %s when %s", (selector, when, expected) => {
    const faults = faultsOf(metric(selector, when));
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(expected);
  });

  it("says which labels a signal has", () => {
    expect(faultsOf(metric("{signal: memory}", "above 90%", ", by: service"))).toEqual([
      expect.stringContaining('memory has no label "service_name"'),
    ]);
    expect(faultsOf(`  - {name: A, metric: {signal: memory}}`)).toEqual([
      expect.stringContaining('expected "when"'),
    ]);
  });

  it.each(SIGNAL_NAMES)("%s has words, and labels that it is divided by", (name) => {
    const signal = SIGNALS[name];
    expect(signal.about).toMatch(/^[A-Z0-9].*\.$/);
    const { labels, usual } = OWNERS[signal.of];
    expect(labels).toEqual(expect.arrayContaining([...usual]));
    const unit = { duration: "1s", ratio: "1%", bytes: "1MB" }[signal.measure as string] ?? "1";
    const rule = compileOne(metric(`{signal: ${name}}`, `above ${unit}`));
    expect(rule.by).toEqual([...usual].sort());
    for (const label of usual) expect(queryOf(rule)).toContain(label);
  });
});
