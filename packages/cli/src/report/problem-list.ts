import { formatDuration } from "@sightline/core";
import { type Problem, peopleOf } from "../errors/problem.ts";
import { cleanLine, cutLine } from "./clean-text.ts";
import { type Painter, renderTable } from "./style.ts";

export interface ProblemListOptions {
  readonly paint: Painter;
  /** Width of the reader's terminal. */
  readonly columns: number;
  readonly nowMillis: number;
}

const HEAD = ["people", "times", "last", "service", "release", "problem", "id"];
const PROBLEM_COLUMN = HEAD.indexOf("problem");
const MIN_PROBLEM_LENGTH = 24;
/** Enough to be told apart, and short enough to be typed. */
const ID_LENGTH = 8;

/** A table with one line per problem, what hits most people first. */
export function renderProblems(problems: readonly Problem[], options: ProblemListOptions): string {
  const rows = problems.map((problem) => rowOf(problem, options));
  const withoutText = [HEAD, ...rows].map((row) => row.with(PROBLEM_COLUMN, ""));
  const widths = HEAD.map((_, column) =>
    Math.max(...withoutText.map((row) => [...(row[column] ?? "")].length)),
  );
  const taken = widths.reduce((total, width) => total + width + 2, 2);
  const room = Math.max(options.columns - taken, MIN_PROBLEM_LENGTH);
  const { paint } = options;
  const painted = rows.map((row, index) => {
    const [people, times, last, service, release, text, id] = row as string[];
    const isUncaught = (problems[index]?.unhandledTimes ?? 0) > 0;
    return [
      paint("bold", people ?? ""),
      times ?? "",
      paint("dim", last ?? ""),
      paint("cyan", service ?? ""),
      release ?? "",
      paint(isUncaught ? "red" : "white", cutLine(text ?? "", room)),
      paint("dim", id ?? ""),
    ];
  });
  return renderTable([HEAD.map((cell) => paint("dim", cell)), ...painted]);
}

function rowOf(problem: Problem, { nowMillis }: ProblemListOptions): string[] {
  const [newest, ...others] = problem.releases;
  const release = newest === undefined ? "-" : cleanLine(newest.release);
  const people = peopleOf(problem);
  return [
    people === 0 ? "-" : String(people),
    String(problem.times),
    ageOf(problem.lastMillis, nowMillis),
    cleanLine(problem.service),
    others.length === 0 ? release : `${release} +${others.length}`,
    cleanLine(problem.template),
    problem.fp.slice(0, ID_LENGTH),
  ];
}

/** `3m ago`: a list is read for what is going on now. */
export function ageOf(unixMillis: number, nowMillis: number): string {
  const seconds = Math.floor((nowMillis - unixMillis) / 1_000);
  if (seconds < 1) return "just now";
  const unit = [86_400, 3_600, 60].find((each) => seconds >= each) ?? 1;
  return `${formatDuration(Math.floor(seconds / unit) * unit * 1_000)} ago`;
}

/** `3 problems, 41 times, in the last 24h` */
export function summarizeProblems(
  problems: readonly Problem[],
  shown: number,
  windowMillis: number,
): string {
  const times = problems.reduce((total, problem) => total + problem.times, 0);
  const count = problems.length;
  const ofThem = shown < count ? `, the ${shown} that hit most people shown` : "";
  return `${count} ${count === 1 ? "problem" : "problems"}, ${times} ${times === 1 ? "time" : "times"}, in the last ${formatDuration(windowMillis)}${ofThem}`;
}
