import { isPassed, type TestRun } from "./text.ts";

/** What programs read; times in milliseconds after the start of the case. */
export function toJson(run: TestRun): Readonly<Record<string, unknown>> {
  return {
    passed: isPassed(run),
    millis: Math.round(run.millis),
    tests: run.cases.map(({ test, runs, mismatches, isPassed: passed }) => ({
      name: test.name,
      alert: test.alert,
      file: test.place.file,
      line: test.place.line,
      passed,
      failures: mismatches.map(({ expectation: { atMillis, place }, outputs, message }) => ({
        atMillis,
        line: place.line,
        column: place.column,
        outputs,
        message,
      })),
      outputs: runs.map((one) =>
        one.status === "ran"
          ? {
              output: one.output,
              status: one.status,
              // Only what is not normal: most evaluations are.
              alerts: one.ticks.flatMap(({ atMillis, alerts }) =>
                alerts.map(({ state, labels, annotations }) => ({
                  atMillis,
                  state,
                  labels,
                  ...(annotations && { annotations }),
                })),
              ),
            }
          : one,
      ),
    })),
    routes: run.routes.map(({ name, passed, expected, reached, place }) => ({
      name,
      passed,
      expected,
      reached,
      line: place.line,
    })),
  };
}
