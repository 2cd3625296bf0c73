import { formatDuration } from "@sightline/core";
import type { RouteTestResult } from "../../compile/routes/run-route-tests.ts";
import type { Place } from "../../fault.ts";
import { cleanText } from "../../report/clean-text.ts";
import type { Painter } from "../../report/style.ts";
import { outputName } from "../judge.ts";
import type { CaseResult } from "../run-cases.ts";
import { formatAt, LEGEND, renderTimelines } from "./timeline.ts";

export interface TestRun {
  readonly cases: readonly CaseResult[];
  readonly routes: readonly RouteTestResult[];
  readonly millis: number;
}

export function isPassed({ cases, routes }: TestRun): boolean {
  return cases.every((one) => one.isPassed) && routes.every(({ passed }) => passed);
}

/** For people: a line a test, and of those that failed what came instead, and when. */
export function renderTestRun(run: TestRun, paint: Painter): string {
  const lines = [
    ...run.cases.flatMap((one) => renderCase(one, paint)),
    ...run.routes.flatMap((one) => renderRoute(one, paint)),
  ];
  const hasTimeline = run.cases.some(({ mismatches }) => mismatches.length > 0);
  return [
    ...lines,
    ...(hasTimeline ? [paint("dim", `  ${LEGEND}`)] : []),
    "",
    summarize(run, paint),
    "",
  ].join("\n");
}

function renderCase(result: CaseResult, paint: Painter): string[] {
  const { test, runs, mismatches } = result;
  const ran = runs.filter(({ status }) => status === "ran").map(({ output }) => outputName(output));
  const head = `${mark(result.isPassed, paint)} ${cleanText(test.name)} ${paint("dim", `(${ran.join(", ") || "not run"})`)}`;
  const lines = [head];
  for (const run of runs) {
    if (run.status === "failed") {
      lines.push(`    ${where(test.place, paint)} ${cleanText(run.message)}`);
    }
  }
  const byTime = new Map<number, typeof mismatches>();
  for (const mismatch of mismatches) {
    const at = mismatch.expectation.atMillis;
    byTime.set(at, [...(byTime.get(at) ?? []), mismatch]);
  }
  for (const [atMillis, all] of byTime) {
    for (const { expectation, message } of all) {
      const at = paint("bold", `at ${formatAt(atMillis)}`);
      lines.push(`    ${where(expectation.place, paint)} ${at}: ${cleanText(message)}`);
    }
    lines.push(...renderTimelines(runs, atMillis).map((text) => `      ${cleanText(text)}`));
  }
  return lines;
}

function renderRoute(result: RouteTestResult, paint: Painter): string[] {
  const head = `${mark(result.passed, paint)} route: ${cleanText(result.name)}`;
  if (result.passed) return [head];
  const expected = result.expected.join(", ") || "nobody";
  const reached = result.reached.join(", ") || "nobody";
  return [
    head,
    `    ${where(result.place, paint)} expected to reach ${cleanText(expected)}, reaches ${cleanText(reached)}`,
    ...result.notes.map((note) => `      ${cleanText(note)}`),
  ];
}

function mark(passed: boolean, paint: Painter): string {
  return passed ? paint("green", "✓") : paint("red", "✗");
}

function where({ file, line, column }: Place, paint: Painter): string {
  return paint("cyan", `${file}:${line}:${column}`);
}

function summarize({ cases, routes, millis }: TestRun, paint: Painter): string {
  const total = cases.length + routes.length;
  const failed =
    cases.filter((one) => !one.isPassed).length + routes.filter(({ passed }) => !passed).length;
  const time = paint("dim", `in ${formatDuration(millis)}`);
  const tests = total === 1 ? "1 test" : `${total} tests`;
  return failed === 0
    ? `${paint("green", `${tests} passed`)} ${time}`
    : `${paint("red", `${failed} of ${tests} failed`)} ${time}`;
}
