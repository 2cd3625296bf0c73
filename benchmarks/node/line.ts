import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PartContext } from "../part.ts";
import type { Section } from "../report.ts";
import {
  environmentOf,
  LINE_CANDIDATES,
  type LineCandidate,
  moduleOf,
  receiversAt,
} from "./candidates.ts";
import { runNode } from "./child.ts";
import { prepareWorkbench, type Workbench } from "./install.ts";
import { breakDown } from "./line-profile.ts";
import { type Cost, describeLine } from "./line-report.ts";
import { type Sink, withSink } from "./sink.ts";
import { countSurvivors } from "./survivors.ts";

const FULL = { rounds: 11, warmUpLines: 30_000, lines: 30_000, kills: 10 };
const QUICK = { rounds: 5, warmUpLines: 10_000, lines: 10_000, kills: 2 };
/** As a service that answers requests: some lines, then a turn for everything else. */
const PACE = { perTurn: 50, turnMillis: 4 };
const TIMEOUT_MILLIS = 60_000;

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
  return describeLine(costs, survivors, breakdown, size);
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
