import type { Rig } from "../../test/agent/rig.ts";
import type { PartContext } from "../part.ts";
import { formatFigure, type Section, type Table } from "../report.ts";
import { readCpuSeconds } from "../stack/process-usage.ts";
import {
  AGENT,
  AT_ONCE,
  type Collecting,
  createPair,
  type Pair,
  PEER,
  removeAll,
  withRig,
} from "./bench-rig.ts";
import {
  countedGap,
  countGroup,
  judgeGroup,
  type Outcome,
  readAccount,
  settle,
  writtenBy,
} from "./ledger.ts";
import { startLoad, untilEnded } from "./load.ts";
import { type Usage, watchUsage } from "./usage.ts";

const MEGABYTE = 1_000_000;
const LINES_PER_SECOND = 1_000;
const FULL = {
  seconds: 600,
  stepSeconds: 20,
  steps: [5_000, 10_000, 15_000, 20_000, 30_000, 40_000, 60_000],
};
const QUICK = { seconds: 30, stepSeconds: 5, steps: [5_000, 10_000, 20_000, 40_000] };
/** A collector that holds a rate has stored all of it this long after the last line. */
const HELD_MILLIS = 5_000;
const LIMITS = { quietMillis: 15_000, giveUpMillis: 120_000 };
const ONE_CORE = ["taskset", "-c", "1"] as const;
/** For the steps, so that the agent's own protection is not what is measured. */
const NO_RATE_LIMIT = { rateLimit: { linesPerSecond: 1_000_000, burstLines: 1_000_000 } };

interface Steady {
  readonly outcome: Outcome;
  readonly usage: Readonly<Record<"agent" | "peer" | "dockerd", Usage>>;
}

/** One step of the search for the highest rate. */
interface Step {
  readonly asked: number;
  /** Lines that were really written, per second. */
  readonly written: number;
  readonly lost: number;
  readonly isHeld: boolean;
  /** Processor time until all was stored, by line. */
  readonly microsPerLine: number;
}

export async function measureRate({ isQuick, note }: PartContext): Promise<Section> {
  const size = isQuick ? QUICK : FULL;
  return withRig(async (rig) => {
    const steady = await measureSteady(rig, size.seconds, note);
    const agentSteps = await climb(rig, AGENT, size, note);
    const peerSteps = await climb(rig, PEER, size, note);
    return describe(steady, agentSteps, peerSteps, size);
  });
}

async function measureSteady(
  rig: Rig,
  seconds: number,
  note: PartContext["note"],
): Promise<Steady> {
  const pair = await createPair(rig, "steady");
  await Promise.all([pair.agent.up(), pair.peer.up()]);
  note(`rate: ${AT_ONCE} containers, ${LINES_PER_SECOND} lines/s together, ${seconds} s`);
  const fromMillis = Date.now();
  const lives = await startLoad(rig, { group: "rate", linesPerSecond: LINES_PER_SECOND, seconds });
  const ended = { isTrue: false };
  const end = untilEnded(rig, lives).finally(() => {
    ended.isTrue = true;
  });
  const pids = { agent: pair.agent.pid(), peer: pair.peer.pid(), dockerd: rig.engineProcess.pid() };
  const usage = await watchUsage(pids, () => ended.isTrue);
  await end;
  const range = { fromMillis, toMillis: Date.now() + 60_000 };
  await settle(rig, "rate", lives, range, LIMITS);
  const account = await readAccount(pair.agent, lives);
  const outcome = await judgeGroup(rig, "rate", lives, range, account);
  await endBoth(pair);
  await removeAll(
    rig,
    lives.map(({ containerId }) => containerId),
  );
  return { outcome, usage };
}

/** Faster and faster on one core, alone, until it does not keep up. */
async function climb(
  rig: Rig,
  collecting: Collecting,
  { stepSeconds: seconds, steps: asks }: typeof FULL,
  note: PartContext["note"],
): Promise<Step[]> {
  const isAgent = collecting === AGENT;
  const key = isAgent ? "a" : "p";
  const pair = await createPair(rig, `climb-${key}`, { wrapper: ONE_CORE, config: NO_RATE_LIMIT });
  const one = isAgent ? pair.agent : pair.peer;
  await one.up();
  const steps: Step[] = [];
  for (const asked of asks) {
    const group = `step${asked}${key}`;
    note(`rate: ${collecting.name} alone on one core, ${asked} lines/s for ${seconds} s`);
    const step = await measureStep(rig, collecting, one.pid(), {
      group,
      linesPerSecond: asked,
      seconds,
    });
    steps.push(step);
    if (!step.isHeld) break;
  }
  await one.end("SIGTERM");
  return steps;
}

async function measureStep(
  rig: Rig,
  collecting: Collecting,
  pid: number,
  load: { group: string; linesPerSecond: number; seconds: number },
): Promise<Step> {
  const fromMillis = Date.now();
  const lives = await startLoad(rig, load);
  const cpuBefore = readCpuSeconds(pid);
  await untilEnded(rig, lives);
  const endedAt = Date.now();
  const written = writtenBy(rig, lives);
  const range = { fromMillis, toMillis: endedAt + 60_000 };
  let stored = 0;
  while (stored < written && Date.now() - endedAt < HELD_MILLIS) {
    stored = await countGroup(rig, collecting, load.group, range);
  }
  const isInTime = stored >= written;
  // What came too late is waited for all the same: it must not disturb what follows.
  const final = isInTime ? stored : await lastCount(rig, collecting, load.group, range, written);
  const cpuSeconds = readCpuSeconds(pid) - cpuBefore;
  await removeAll(
    rig,
    lives.map(({ containerId }) => containerId),
  );
  return {
    asked: load.linesPerSecond,
    written: written / load.seconds,
    lost: Math.max(0, written - final),
    isHeld: isInTime && written / load.seconds > load.linesPerSecond * 0.9,
    microsPerLine: (cpuSeconds * 1_000_000) / Math.max(1, final),
  };
}

async function lastCount(
  rig: Rig,
  collecting: Collecting,
  group: string,
  range: { fromMillis: number; toMillis: number },
  written: number,
): Promise<number> {
  let stored = 0;
  let changedAt = performance.now();
  const deadline = performance.now() + LIMITS.giveUpMillis;
  while (performance.now() < deadline && performance.now() - changedAt < LIMITS.quietMillis) {
    const now = await countGroup(rig, collecting, group, range);
    if (now >= written) return now;
    if (now !== stored) changedAt = performance.now();
    stored = now;
  }
  return stored;
}

async function endBoth({ agent, peer }: Pair): Promise<void> {
  await Promise.all([agent.end("SIGTERM"), peer.end("SIGTERM")]);
}

function describe(
  { outcome, usage }: Steady,
  agentSteps: readonly Step[],
  peerSteps: readonly Step[],
  size: typeof FULL,
): Section {
  const stored = (name: string): { lost: number; doubled: number } =>
    outcome.byCollecting[name] ?? { lost: Number.NaN, doubled: Number.NaN };
  return {
    part: "rate",
    title: `${LINES_PER_SECOND} lines/s from ${AT_ONCE} containers for ${formatFigure(size.seconds / 60)} min`,
    tables: [steadyTable(outcome, usage, stored), stepTable(agentSteps, peerSteps)],
    targets: [
      { name: "processor", value: usage.agent.cpuPercent, limit: 30, unit: "% of one core" },
      { name: "resident memory", value: usage.agent.rss / MEGABYTE, limit: 120, unit: "MB" },
      { name: "lines lost", value: stored(AGENT.name).lost, limit: 0, unit: "lines" },
    ],
    notes: [
      `Highest rate held on one core with none lost: Sightline agent ${highest(agentSteps)}, filelog receiver ${highest(peerSteps)}. Held: at least 0.9 of the asked rate was written, and all of it was readable ${HELD_MILLIS / 1000} s after the last line. Engine, writers, collector and Loki share the machine, and can be what gives way first.`,
      `The engine itself took ${formatFigure(usage.dockerd.cpuPercent)} % of a core at ${LINES_PER_SECOND} lines/s: it writes the log files and, for the agent, reads them back.`,
      `The agent counted ${countedGap(outcome.account)} lines as lost.`,
    ],
    data: { size, outcome, usage, agentSteps, peerSteps },
  };
}

function highest(steps: readonly Step[]): string {
  const held = steps.filter(({ isHeld }) => isHeld).at(-1);
  if (held === undefined) return `under ${steps[0]?.asked ?? "?"} lines/s`;
  const isEnd = held === steps.at(-1);
  return `${formatFigure(held.asked)} lines/s${isEnd ? " or more (the highest that was tried)" : ""}`;
}

function steadyTable(
  outcome: Outcome,
  usage: Steady["usage"],
  stored: (name: string) => { lost: number; doubled: number },
): Table {
  return {
    columns: ["collecting", "CPU of one core", "RSS, MB", "lines written", "lost", "doubled"],
    rows: [
      { name: AGENT.name, use: usage.agent },
      { name: PEER.name, use: usage.peer },
    ].map(({ name, use }) => [
      name,
      `${use.cpuPercent.toFixed(1)} %`,
      formatFigure(use.rss / MEGABYTE),
      String(outcome.written),
      String(stored(name).lost),
      String(stored(name).doubled),
    ]),
  };
}

function stepTable(agentSteps: readonly Step[], peerSteps: readonly Step[]): Table {
  const row = (name: string, step: Step): string[] => [
    name,
    String(step.asked),
    formatFigure(step.written),
    String(step.lost),
    formatFigure(step.microsPerLine),
    step.isHeld ? "yes" : "no",
  ];
  return {
    columns: [
      "alone on one core",
      "lines/s asked",
      "lines/s written",
      "lost",
      "CPU per line, µs",
      "held",
    ],
    rows: [
      ...agentSteps.map((step) => row(AGENT.name, step)),
      ...peerSteps.map((step) => row(PEER.name, step)),
    ],
  };
}
