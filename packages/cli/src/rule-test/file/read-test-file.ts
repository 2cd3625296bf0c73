import type { Fault } from "../../fault.ts";
import { createIssueReader } from "../../spec/issue-faults.ts";
import { MAX_SPEC_BYTES, parseYaml } from "../../spec/parse-yaml.ts";
import type { Path, Places } from "../../spec/places.ts";
import { sortByPlace } from "../../spec/read-spec.ts";
import type { TestCase } from "../case.ts";
import { type LineSpec, type TestSpec, testFileSchema } from "./schema.ts";
import { toCase } from "./to-case.ts";

export type ReadTestFileResult =
  | { readonly status: "ok"; readonly cases: readonly TestCase[] }
  | { readonly status: "invalid"; readonly faults: readonly Fault[] };

const MAX_LINES = 200_000;
/** A case of 1 day that is looked at every 10 s. */
const MAX_CASE_MILLIS = 35 * 86_400_000;

/** Parses and validates the text of a test file. Pure; every fault at once. */
export function readTestFile(file: string, given: string): ReadTestFileResult {
  const text = given.startsWith("\uFEFF") ? given.slice(1) : given;
  if (text.length > MAX_SPEC_BYTES) return { status: "invalid", faults: [tooLarge(file, text)] };
  const parsed = parseYaml(file, text);
  if (parsed.status === "invalid") return parsed;
  const { places, value } = parsed;
  const reader = createIssueReader(places, (path) => valueAt(value, path));
  const result = testFileSchema.safeParse(value, { error: reader.error });
  const faults = [
    ...parsed.faults,
    ...(result.success ? [] : reader.toFaults(result.error.issues)),
    ...(result.success ? findMeaningFaults(result.data.tests, places) : []),
  ];
  if (!result.success || faults.length > 0) {
    return { status: "invalid", faults: sortByPlace(faults) };
  }
  return {
    status: "ok",
    cases: result.data.tests.map((test, index) => toCase(test, ["tests", index], places)),
  };
}

function tooLarge(file: string, text: string): Fault {
  return {
    check: "yaml-limits",
    severity: "error",
    message: `the file has ${text.length} characters; expected at most ${MAX_SPEC_BYTES}`,
    advice: "split it into several files",
    place: { file, line: 1, column: 1, path: "" },
  };
}

/** What no schema sees: it is about more than one value. */
function findMeaningFaults(tests: readonly TestSpec[], places: Places): Fault[] {
  const fault = (check: string, message: string, advice: string, path: Path): Fault => ({
    check,
    severity: "error",
    message,
    advice,
    place: places.placeOf(path),
  });
  return tests.flatMap((test, index) => {
    const faults: Fault[] = [];
    const twin = tests.findIndex(({ name }) => name === test.name);
    if (twin !== index) {
      const message = `two tests are called "${test.name}"`;
      faults.push(
        fault("duplicate-name", message, "give each its own name", ["tests", index, "name"]),
      );
    }
    const lines = test.lines.reduce((sum, line) => sum + sizeOf(line), 0);
    if (lines > MAX_LINES) {
      const message = `${lines} lines in one test; at most ${MAX_LINES} are taken`;
      faults.push(fault("too-many", message, "send fewer", ["tests", index, "lines"]));
    }
    test.expect.forEach((expected, at) => {
      const path = ["tests", index, "expect", at];
      if (expected.at > MAX_CASE_MILLIS) {
        faults.push(
          fault("wrong-value", "more than 35 days after the start", "take a shorter case", path),
        );
      }
      if (expected.message !== undefined && expected.state !== "firing") {
        const message = `only an alert that fires has a message; this one is "${expected.state}"`;
        faults.push(fault("no-message", message, "leave message out", [...path, "message"]));
      }
      if (expected.tells !== undefined && expected.state !== "firing") {
        const message = `only an alert that fires tells somebody; this one is "${expected.state}"`;
        faults.push(fault("no-message", message, "leave tells out", [...path, "tells"]));
      }
    });
    return faults;
  });
}

function sizeOf(line: LineSpec): number {
  return line.at.length * (line.count ?? 1) * line.text.length;
}

function valueAt(value: unknown, path: Path): unknown {
  let part = value;
  for (const key of path) {
    if (typeof part !== "object" || part === null || !Object.hasOwn(part, key)) return undefined;
    part = (part as Record<string | number, unknown>)[key];
  }
  return part;
}
