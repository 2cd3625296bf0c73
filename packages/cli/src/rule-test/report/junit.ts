import type { Place } from "../../fault.ts";
import { escapeXml } from "../../lint/report/junit.ts";
import type { TestRun } from "./text.ts";
import { formatAt, renderTimelines } from "./timeline.ts";

/** One test case a test. Dialect: https://github.com/testmoapp/junitxml */
export function renderTestJunit({ cases, routes, millis }: TestRun): string {
  const texts = [
    ...cases.map(({ test, runs, mismatches }) => {
      const failed = runs.flatMap((run) => (run.status === "failed" ? [run.message] : []));
      const wrong = mismatches.map(({ expectation: { atMillis, place }, message }) =>
        [
          `${place.file}:${place.line}:${place.column}: at ${formatAt(atMillis)}: ${message}`,
          ...renderTimelines(runs, atMillis),
        ].join("\n"),
      );
      return renderCase(test.name, test.place, [...failed, ...wrong]);
    }),
    ...routes.map(({ name, place, passed, expected, reached }) =>
      renderCase(`route: ${name}`, place, [
        ...(passed
          ? []
          : [`expected to reach ${expected.join(", ")}, reaches ${reached.join(", ")}`]),
      ]),
    ),
  ];
  const failures = texts.filter((text) => text.includes("<failure")).length;
  const counts = `tests="${texts.length}" failures="${failures}" errors="0" time="${(millis / 1000).toFixed(3)}"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${counts}>`,
    `  <testsuite name="sightline test" ${counts} skipped="0">`,
    ...texts,
    "  </testsuite>",
    "</testsuites>",
    "",
  ].join("\n");
}

function renderCase(name: string, { file, line }: Place, faults: readonly string[]): string {
  const open = `    <testcase name="${escapeXml(name)}" classname="${escapeXml(file)}" file="${escapeXml(file)}" line="${line}"`;
  const [first] = faults;
  if (first === undefined) return `${open}/>`;
  const message = escapeXml(first.split("\n")[0] ?? "");
  return `${open}>\n      <failure message="${message}">${escapeXml(faults.join("\n\n"))}</failure>\n    </testcase>`;
}
