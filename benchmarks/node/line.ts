import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PartContext } from "../part.ts";
import { formatFigure, type Section, type Table } from "../report.ts";
import {
  environmentOf,
  LINE_CANDIDATES,
  type LineCandidate,
  moduleOf,
  OURS_WINSTON,
  receiversAt,
} from "./candidates.ts";
import { runNode } from "./child.ts";
import { prepareWorkbench, type Workbench } from "./install.ts";
import { breakDown } from "./line-profile.ts";
import { type Quartiles, quartilesOf, showQuartiles } from "./quartiles.ts";
import { type Sink, withSink } from "./sink.ts";
import { countSurvivors, KILLED_LINES } from "./survivors.ts";

const FULL = { rounds: 11, warmUpLines: 30_000, lines: 30_000, kills: 10 };
const QUICK = { rounds: 5, warmUpLines: 10_000, lines: 10_000, kills: 2 };
/** As a service that answers requests: some lines, then a turn for everything else. */
const PACE = { perTurn: 50, turnMillis: 4 };
const TIMEOUT_MILLIS = 60_000;
const TARGET_MICROS = 6;

/** Processor time of one line, microseconds. */
type Cost = {
  /** Inside the call of the logger. */
  readonly loop: number;
  /** Of the main thread until everything was sent and acknowledged. */
  readonly thread: number;
  /** The same of all threads. */
  readonly process: number;
  readonly arrived: number;
};

export async function measureLine(context: PartContext): Promise<Section> {
  const size = context.isQuick ? QUICK : FULL;
  const workbench = prepareWorkbench(context);
  return withSink(workbench, {}, (sink) => measure(context, workbench, sink, size));
}

async function measure(
  context: PartContext,
  workbench: Workbench,
  sink: Sink,
  size: typeof FULL,
): Promise<Section> {
  const costs = new Map<string, Cost[]>(LINE_CANDIDATES.map(({ name }) => [name, []]));
  for (let round = 0; round < size.rounds; round += 1) {
    context.note(`line: round ${round + 1} of ${size.rounds}`);
    // There and back again, so that a machine that slows down slows everybody.
    const order = round % 2 === 0 ? LINE_CANDIDATES : LINE_CANDIDATES.toReversed();
    for (const candidate of order) {
      const cost = await measureOnce(workbench, sink, candidate, `r${round}`, size);
      costs.get(candidate.name)?.push(cost);
    }
  }
  const survivors = new Map<string, number>();
  for (const candidate of LINE_CANDIDATES) {
    context.note(`line: ${candidate.name}, SIGKILL`);
    survivors.set(candidate.name, await countSurvivors(workbench, sink, candidate, size.kills));
  }
  context.note("line: where the time of @sightline/node goes");
  const breakdown = await breakDown(workbench, sink, size);
  return describe(costs, survivors, breakdown, size);
}

async function measureOnce(
  workbench: Workbench,
  sink: Sink,
  candidate: LineCandidate,
  round: string,
  { warmUpLines, lines }: typeof FULL,
): Promise<Cost> {
  const data = mkdtempSync(join(tmpdir(), "sightline-bench-"));
  const service = `line${LINE_CANDIDATES.indexOf(candidate)}`;
  const run = `${service}${round}`;
  const receivers = receiversAt(sink.port);
  const options = {
    warmUpLines,
    lines,
    ...PACE,
    run,
    service,
    ...receivers,
    maxBufferSize: 10 * lines,
  };
  const ended = await runNode(
    [workbench.program("line.mjs"), moduleOf(workbench, candidate), JSON.stringify(options)],
    { env: environmentOf(receivers, { service, data }), timeoutMillis: TIMEOUT_MILLIS },
  );
  rmSync(data, { recursive: true, force: true });
  const { lines: arrived } = await sink.count(run);
  if (!ended.stdout.startsWith("{")) {
    throw new Error(`${candidate.name} gave no result:\n${ended.stderr.slice(-2_000)}`);
  }
  return { ...(JSON.parse(ended.stdout) as Omit<Cost, "arrived">), arrived };
}

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

function describe(
  costs: ReadonlyMap<string, readonly Cost[]>,
  survivors: ReadonlyMap<string, number>,
  breakdown: readonly { readonly name: string; readonly micros: number }[],
  size: typeof FULL,
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
