import type { Fault } from "../../fault.ts";
import type { TestRun } from "./text.ts";
import { formatAt } from "./timeline.ts";

/** What failed, as faults with places: what annotations of a pull request are made of. */
export function testFaults({ cases, routes }: TestRun): readonly Fault[] {
  return [
    ...cases.flatMap(({ test, runs, mismatches }): Fault[] => [
      ...runs.flatMap((run): Fault[] =>
        run.status === "failed" ? [fault(`${test.name}: ${run.message}`, test.place)] : [],
      ),
      ...mismatches.map(({ expectation, message }) =>
        fault(`${test.name}, at ${formatAt(expectation.atMillis)}: ${message}`, expectation.place),
      ),
    ]),
    ...routes.flatMap(({ passed, name, expected, reached, place }) =>
      passed
        ? []
        : [
            fault(
              `route ${name}: expected to reach ${expected.join(", ") || "nobody"}, reaches ${reached.join(", ") || "nobody"}`,
              place,
            ),
          ],
    ),
  ];
}

function fault(message: string, place: Fault["place"]): Fault {
  return { check: "test", severity: "error", message, place };
}
