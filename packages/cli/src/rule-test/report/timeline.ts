import { formatDuration } from "@sightline/core";
import type { AlertState, OutputRun, Sample, Tick } from "../case.ts";
import { outputName, stateOf } from "../judge.ts";

const MARK: Readonly<Record<AlertState, string>> = {
  normal: "·",
  pending: "▪",
  firing: "■",
  "no data": "?",
  error: "!",
};

/** So many evaluations stand in a line of a terminal. */
const MAX_MARKS = 60;
const VALUES_AROUND = 3;
const MAX_SERIES = 3;

export const LEGEND = "· normal  ▪ pending  ■ firing  ? no data  ! error  ^ here";

type Ran = Extract<OutputRun, { status: "ran" }>;

/** What every output did, one mark an evaluation, with a caret where it should have been otherwise. */
export function renderTimelines(runs: readonly OutputRun[], atMillis: number): readonly string[] {
  const ran = runs.filter((run): run is Ran => run.status === "ran");
  const width = Math.max(...ran.map(({ output }) => outputName(output).length), "value".length);
  const lines = ran.flatMap(({ output, ticks }) => {
    const here = ticks.findLastIndex((tick) => tick.atMillis <= atMillis);
    const from = Math.max(0, Math.min(here - MAX_MARKS / 2, ticks.length - MAX_MARKS));
    const shown = ticks.slice(from, from + MAX_MARKS);
    const marks = shown.map(({ alerts }) => MARK[stateOf(alerts)]).join("");
    const range = [shown[0], shown.at(-1)].map((tick) => formatAt(tick?.atMillis ?? 0)).join("..");
    return [
      `${outputName(output).padEnd(width)}  ${marks}  ${range}`,
      `${" ".repeat(width)}  ${" ".repeat(Math.max(0, here - from))}^`,
    ];
  });
  const first = ran[0];
  const values = first === undefined ? [] : renderValues(first.ticks, atMillis);
  return [
    ...lines,
    ...values.map((text, index) => `${(index === 0 ? "value" : "").padEnd(width)}  ${text}`),
  ];
}

/** `0`, `90s`, `5m`, as test files write times. */
export function formatAt(millis: number): string {
  return millis === 0 ? "0m" : formatDuration(millis).replace(" ", "");
}

/** The figure that is compared with the threshold, at the evaluations around a time. */
function renderValues(ticks: readonly Tick[], atMillis: number): string[] {
  const here = ticks.findLastIndex((tick) => tick.atMillis <= atMillis);
  const around = ticks.slice(Math.max(0, here - VALUES_AROUND), here + VALUES_AROUND + 1);
  const names = [...new Set(around.flatMap(({ values }) => values.map(nameOf)))];
  if (names.length === 0) return around.length === 0 ? [] : ["none: the query finds nothing"];
  const rows = names.slice(0, MAX_SERIES).map((name) => {
    const cells = around.map(({ atMillis: at, values }) => {
      const sample = values.find((value) => nameOf(value) === name);
      return `${formatAt(at)}: ${sample === undefined ? "–" : formatValue(sample.value)}`;
    });
    return `${cells.join("  ")}${name === "" ? "" : `  ${name}`}`;
  });
  const more = names.length - rows.length;
  return more > 0 ? [...rows, `and ${more} more series`] : rows;
}

function nameOf({ labels }: Sample): string {
  const { __name__: _, ...own } = labels;
  const texts = Object.entries(own).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return texts.length === 0 ? "" : `{${texts.join(", ")}}`;
}

function formatValue(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(4)));
}
