import type { Rig } from "../../test/agent/rig.ts";
import type { TimeRange } from "../../test/agent/stored.ts";
import type { PartContext } from "../part.ts";
import type { Section, Table, Target } from "../report.ts";
import { AGENT, AT_ONCE, createPair, type Pair, PEER, removeAll, withRig } from "./bench-rig.ts";
import { CONTAINER_FAULTS, liveFault } from "./container-faults.ts";
import {
  type AgentAccount,
  countedGap,
  judgeGroup,
  type Life,
  type Outcome,
  readAccount,
  settle,
  writtenBy,
} from "./ledger.ts";
import { createRandom } from "./random.ts";
import { liveRound, ROUNDS, type Round } from "./rounds.ts";

const SEED = 20_260_101;
const FULL = { lives: 200, restartRounds: 10, outageRounds: 10, outageMillis: 60_000 };
const QUICK = { lives: 20, restartRounds: 1, outageRounds: 1, outageMillis: 15_000 };
const LIMITS = { quietMillis: 15_000, giveUpMillis: 180_000 };

/** Lives that suffered the same, not judged yet. */
interface Group {
  readonly group: string;
  readonly title: string;
  readonly isBeyond: boolean;
  readonly lives: Life[];
  account: AgentAccount;
}

interface Row extends Outcome {
  readonly group: string;
  readonly title: string;
  readonly isBeyond: boolean;
}

/** Every line of every container, written and stored, whatever happens in between. */
export async function measureFaults({ isQuick, note }: PartContext): Promise<Section> {
  const size = isQuick ? QUICK : FULL;
  const startedAt = Date.now();
  const rows = await withRig(async (rig) => {
    const groups = await liveAll(rig, size, startedAt, note);
    note("faults: reading back every line");
    // All at the end: what comes twice may come late.
    const range = { fromMillis: startedAt, toMillis: Date.now() + 60_000 };
    const judged: Row[] = [];
    for (const { group, title, isBeyond, lives, account } of groups) {
      judged.push({
        group,
        title,
        isBeyond,
        ...(await judgeGroup(rig, group, lives, range, account)),
      });
    }
    return judged;
  });
  return describe(rows, size);
}

async function liveAll(
  rig: Rig,
  size: typeof FULL,
  startedAt: number,
  note: PartContext["note"],
): Promise<Group[]> {
  const random = createRandom(SEED);
  const range: TimeRange = { fromMillis: startedAt, toMillis: Number.NaN };
  const pair = await startPair(rig, "faults");
  const groups: Group[] = [];
  for (const fault of CONTAINER_FAULTS) {
    const lives = await liveFault(rig, fault, random, size.lives);
    note(`faults: ${fault.title}, ${lives.length} lives, ${writtenBy(rig, lives)} lines`);
    const group = { ...fault, isBeyond: false, lives };
    groups.push({ ...group, account: await finish(rig, pair, fault.group, lives, range) });
  }
  for (const round of ROUNDS.filter(({ storeBytes }) => storeBytes === undefined)) {
    groups.push(...(await liveRounds(rig, pair, round, size, range, note)));
  }
  await endPair(pair);
  for (const round of ROUNDS) {
    if (round.storeBytes === undefined) continue;
    // No container is left from before, so an agent that knows nothing begins where this does.
    const small = await startPair(rig, round.name, round.storeBytes);
    groups.push(...(await liveRounds(rig, small, round, size, range, note)));
    await endPair(small);
  }
  return groups;
}

async function startPair(rig: Rig, name: string, storeBytes?: number): Promise<Pair> {
  const pair = await createPair(rig, name, storeBytes === undefined ? {} : { storeBytes });
  await Promise.all([pair.agent.up(), pair.peer.up()]);
  return pair;
}

async function endPair({ agent, peer }: Pair): Promise<void> {
  await Promise.all([agent.end("SIGTERM"), peer.end("SIGTERM")]);
}

async function liveRounds(
  rig: Rig,
  pair: Pair,
  round: Round,
  size: typeof FULL,
  range: TimeRange,
  note: PartContext["note"],
): Promise<Group[]> {
  const count = round.isOutage ? size.outageRounds : size.restartRounds;
  const groups = round.writers.map(({ group, title }) => ({
    group,
    title,
    isBeyond: round.storeBytes !== undefined,
    lives: [] as Life[],
    account: NO_ACCOUNT,
  }));
  const random = createRandom(SEED + round.name.length);
  for (let number = 0; number < count; number++) {
    const stage = { rig, pair, random, outageMillis: size.outageMillis };
    const lives = await liveRound(stage, round, number);
    for (const group of groups) {
      const own = lives.get(group.group) ?? [];
      note(
        `faults: ${group.title}, round ${number + 1} of ${count}, ${own.length} lives, ${writtenBy(rig, own)} lines`,
      );
      const account = await finish(rig, pair, group.group, own, range, group.lives);
      group.lives.push(...own);
      group.account = addAccounts(group.account, account);
    }
  }
  return groups;
}

/** Waits until what there is to store is stored, asks the agent for its accounts, and tidies up. */
async function finish(
  rig: Rig,
  { agent }: Pair,
  group: string,
  lives: readonly Life[],
  range: TimeRange,
  earlier: readonly Life[] = [],
): Promise<AgentAccount> {
  await settle(rig, group, [...earlier, ...lives], range, LIMITS);
  const account = await readAccount(agent, lives);
  await removeAll(
    rig,
    lives.map(({ containerId }) => containerId),
  );
  return account;
}

const NO_ACCOUNT: AgentAccount = {
  read: 0,
  acknowledged: 0,
  dropped: {},
  unknownGaps: 0,
  unaccounted: 0,
  droppedByLife: {},
};

function addAccounts(a: AgentAccount, b: AgentAccount): AgentAccount {
  const dropped = { ...a.dropped };
  for (const [reason, lines] of Object.entries(b.dropped)) {
    dropped[reason] = (dropped[reason] ?? 0) + lines;
  }
  return {
    read: a.read + b.read,
    acknowledged: a.acknowledged + b.acknowledged,
    unknownGaps: a.unknownGaps + b.unknownGaps,
    unaccounted: a.unaccounted + b.unaccounted,
    dropped,
    droppedByLife: { ...a.droppedByLife, ...b.droppedByLife },
  };
}

function describe(rows: readonly Row[], size: typeof FULL): Section {
  const inside = rows.filter(({ isBeyond }) => !isBeyond);
  const sum = (of: readonly Row[], value: (row: Row) => number): number =>
    of.reduce((before, row) => before + value(row), 0);
  return {
    part: "faults",
    title: "Lines lost and doubled, by fault",
    tables: [tableOf(rows)],
    targets: [
      target(
        "lines lost, all faults inside the bound",
        sum(inside, (row) => ours(row).lost),
      ),
      target(
        "lines doubled, all faults",
        sum(rows, (row) => ours(row).doubled),
      ),
      target("difference between the counted and the true gap", sum(rows, gapDifference)),
      target(
        "container lives without an account",
        sum(rows, ({ account }) => account.unaccounted),
      ),
    ],
    notes: [
      `${AT_ONCE} containers at a time (${AT_ONCE} of each kind where a fault has a row with rotation beside it). Moments are random, from a fixed seed. An outage lasts ${size.outageMillis / 1000} s; rotating log files have \`max-size=100k\` and \`max-file=2\`.`,
      ...rows.flatMap(unknownNote),
    ],
    data: { size, rows },
  };
}

const ours = (row: Row): { lost: number; doubled: number; faulty: readonly string[] } =>
  row.byCollecting[AGENT.name] ?? { lost: Number.NaN, doubled: Number.NaN, faulty: [] };
const theirs = (row: Row): { lost: number; doubled: number } =>
  row.byCollecting[PEER.name] ?? { lost: Number.NaN, doubled: Number.NaN };

const gapDifference = (row: Row): number => Math.abs(countedGap(row.account) - ours(row).lost);

function unknownNote({ title, account }: Row): string[] {
  if (account.unknownGaps === 0) return [];
  return [`${title}: ${account.unknownGaps} gaps of which the agent cannot know the length.`];
}

function target(name: string, value: number): Target {
  return { name, value, limit: 0, unit: name.includes("lives") ? "lives" : "lines" };
}

function tableOf(rows: readonly Row[]): Table {
  return {
    columns: [
      "fault",
      "lives",
      "lines written",
      "agent: lost",
      "doubled",
      "counted as lost",
      "filelog: lost",
      "doubled",
    ],
    rows: rows.map((row) => [
      row.title,
      String(row.lives),
      String(row.written),
      String(ours(row).lost),
      String(ours(row).doubled),
      String(countedGap(row.account)),
      String(theirs(row).lost),
      String(theirs(row).doubled),
    ]),
  };
}
