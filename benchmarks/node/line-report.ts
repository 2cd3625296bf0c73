import { formatFigure, type Section, type Table } from "../report.ts";
import { LINE_CANDIDATES, type LineCandidate, OURS_WINSTON } from "./candidates.ts";
import { type Quartiles, quartilesOf, showQuartiles } from "./quartiles.ts";
import { KILLED_LINES } from "./survivors.ts";

const TARGET_MICROS = 6;

/** Processor time of one line, microseconds. */
export type Cost = {
  /** Inside the call of the logger. */
  readonly loop: number;
  /** Of the main thread until everything was sent and acknowledged. */
  readonly thread: number;
  /** The same of all threads. */
  readonly process: number;
  readonly arrived: number;
};

export type LineSize = {
  readonly rounds: number;
  readonly warmUpLines: number;
  readonly lines: number;
};

type Added = Readonly<Record<"loop" | "thread" | "process", Quartiles>>;

/** Against the logger alone of the same round: what the machine did to both cancels out. */
function addedBy(
  costs: ReadonlyMap<string, readonly Cost[]>,
  { name, base }: LineCandidate,
): Added {
  const own = costs.get(name) ?? [];
  const bare = base === undefined ? undefined : costs.get(base);
  const difference = (field: "loop" | "thread" | "process"): Quartiles =>
    quartilesOf(own.map((cost, round) => cost[field] - (bare?.[round]?.[field] ?? 0)));
  return {
    loop: difference("loop"),
    thread: difference("thread"),
    process: difference("process"),
  };
}

export function describeLine(
  costs: ReadonlyMap<string, readonly Cost[]>,
  survivors: ReadonlyMap<string, number>,
  breakdown: readonly { readonly name: string; readonly micros: number }[],
  size: LineSize,
): Section {
  const rows = LINE_CANDIDATES.map((candidate) => ({
    candidate,
    added: addedBy(costs, candidate),
    arrived: quartilesOf((costs.get(candidate.name) ?? []).map(({ arrived }) => arrived)).median,
    survived: survivors.get(candidate.name) ?? Number.NaN,
  }));
  const ours = rows.find(({ candidate }) => candidate.name === OURS_WINSTON);
  const rivals = rows.filter(
    ({ candidate, survived }) =>
      !candidate.isOurs && candidate.base !== undefined && survived >= KILLED_LINES,
  );
  const lowestRival = Math.min(...rivals.map(({ added }) => added.thread.median));
  const mine = ours?.added.thread.median ?? Number.NaN;
  return {
    part: "line",
    title: "What a line costs",
    tables: [costTable(rows), breakdownTable(breakdown)],
    targets: [
      {
        name: "added to a winston line, main thread",
        value: mine,
        limit: TARGET_MICROS,
        unit: "µs",
      },
      {
        name: "lines of @sightline/node that a SIGKILL takes",
        value: KILLED_LINES - (ours?.survived ?? 0),
        limit: 0,
        unit: "lines",
      },
      ...(Number.isFinite(lowestRival)
        ? [
            {
              name: "beside the cheapest other whose lines survive SIGKILL",
              value: mine / lowestRival,
              limit: 1,
              unit: "times",
            },
          ]
        : []),
    ],
    notes: [
      ...(rivals.length === 0
        ? ["No other candidate's lines survive SIGKILL, so there is none to be cheaper than."]
        : []),
      `${size.rounds} rounds of ${size.lines} lines after ${size.warmUpLines} to warm up; every candidate once a round, a process each. "Added" is against the logger alone in the same round. Given are the median and, in brackets, the quartiles. Processor counters of the hardware were not read: time of the processor is what the kernel charged to the thread.`,
    ],
    data: {
      size,
      costs: Object.fromEntries(costs),
      survivors: Object.fromEntries(survivors),
      breakdown,
    },
  };
}

function costTable(
  rows: readonly {
    readonly candidate: LineCandidate;
    readonly added: Added;
    readonly arrived: number;
    readonly survived: number;
  }[],
): Table {
  return {
    columns: [
      "candidate",
      "in the call, µs",
      "main thread until acknowledged, µs",
      "all threads, µs",
      "lines that arrived",
      `of ${KILLED_LINES} lines, after SIGKILL and the next start`,
    ],
    rows: rows.map(({ candidate, added, arrived, survived }) => {
      const sign = candidate.base === undefined ? "" : "+";
      return [
        candidate.name,
        sign + showQuartiles(added.loop),
        sign + showQuartiles(added.thread),
        sign + showQuartiles(added.process),
        candidate.base === undefined ? "–" : formatFigure(arrived),
        candidate.base === undefined ? "–" : formatFigure(survived),
      ];
    }),
  };
}

function breakdownTable(
  breakdown: readonly { readonly name: string; readonly micros: number }[],
): Table {
  return {
    columns: ["a winston line with @sightline/node: where the main thread is", "µs per line"],
    rows: breakdown.map(({ name, micros }) => [name, formatFigure(micros)]),
  };
}
