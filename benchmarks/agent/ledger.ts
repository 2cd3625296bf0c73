import { setTimeout as delay } from "node:timers/promises";
import type { AgentProcess } from "../../test/agent/agent-process.ts";
import type { Rig } from "../../test/agent/rig.ts";
import { countRecords, forEachRecord, type TimeRange } from "../../test/agent/stored.ts";
import { createTally } from "../../test/agent/tally.ts";
import { AGENT, type Collecting, PEER } from "./bench-rig.ts";

/** One container from its start to its end. `life-<group>-<number>`. */
export interface Life {
  readonly life: string;
  readonly containerId: string;
}

/** What the agent's own accounts say about lives. */
export interface AgentAccount {
  readonly read: number;
  readonly acknowledged: number;
  readonly dropped: Readonly<Record<string, number>>;
  readonly unknownGaps: number;
  /** Lives that it has no account of. */
  readonly unaccounted: number;
  /** Lines counted as lost, of each life that has some. */
  readonly droppedByLife: Readonly<Record<string, number>>;
}

/** What became of the lines of one group of lives. */
export interface Outcome {
  readonly lives: number;
  readonly written: number;
  readonly byCollecting: Readonly<Record<string, Stored>>;
  readonly account: AgentAccount;
  /** Lives of which the agent counted another number of lost lines than were lost. */
  readonly miscounted: readonly string[];
}

export interface Stored {
  readonly lost: number;
  readonly doubled: number;
  /** Lives with a lost or doubled line, and which. */
  readonly faulty: readonly string[];
}

const ASK_MILLIS = 1_000;

/** Lines that the writers of these lives have finished. */
export function writtenBy(rig: Rig, lives: readonly Life[]): number {
  return lives.reduce((sum, { life }) => sum + rig.counters.written(life).finished, 0);
}

export interface SettleLimits {
  /** Nothing has changed for this long: nothing more comes. */
  readonly quietMillis: number;
  readonly giveUpMillis: number;
}

/** Waits until both have stored every line of a group, or store no more. */
export async function settle(
  rig: Rig,
  group: string,
  lives: readonly Life[],
  range: TimeRange,
  { quietMillis, giveUpMillis }: SettleLimits,
): Promise<void> {
  const expected = writtenBy(rig, lives);
  const deadline = performance.now() + giveUpMillis;
  let before = "";
  let changedAt = performance.now();
  while (performance.now() < deadline) {
    const counts = await Promise.all(
      [AGENT, PEER].map((collecting) => countGroup(rig, collecting, group, range)),
    );
    if (counts.every((count) => count >= expected)) return;
    const now = performance.now();
    if (counts.join() !== before) changedAt = now;
    before = counts.join();
    if (now - changedAt > quietMillis) return;
    await delay(ASK_MILLIS);
  }
}

export function countGroup(
  rig: Rig,
  { selector }: Collecting,
  group: string,
  { fromMillis }: TimeRange,
): Promise<number> {
  const query = `${selector} |~ "^life-${group}-[0-9]"`;
  return countRecords(rig.receivers.lokiUrl, query, { fromMillis, toMillis: Date.now() + 1_000 });
}

/** Reads back every line and holds it against what was written. */
export async function judgeGroup(
  rig: Rig,
  group: string,
  lives: readonly Life[],
  range: TimeRange,
  account: AgentAccount,
): Promise<Outcome> {
  const byCollecting: Record<string, Stored> = {};
  const miscounted: string[] = [];
  for (const { name, selector } of [AGENT, PEER]) {
    const tally = createTally();
    const query = `${selector} |~ "life-${group}-[0-9]"`;
    await forEachRecord(rig.receivers.lokiUrl, query, range, ({ text }) => tally.add(text));
    const judged = lives.map(({ life }) => ({
      life,
      ...tally.judge(life, rig.counters.written(life)),
    }));
    for (const { life, lost } of name === AGENT.name ? judged : []) {
      const counted = account.droppedByLife[life] ?? 0;
      if (counted !== lost) miscounted.push(`${life}: lost ${lost}, counted ${counted}`);
    }
    byCollecting[name] = {
      lost: judged.reduce((sum, { lost }) => sum + lost, 0),
      doubled: judged.reduce((sum, { doubled }) => sum + doubled, 0),
      faulty: judged
        .filter(({ lost, doubled }) => lost > 0 || doubled > 0)
        .map(
          ({ life, lost, doubled, missing }) =>
            `${life}: lost ${lost}${lost > 0 ? ` (${missing.join(", ")}…)` : ""}, doubled ${doubled}`,
        ),
    };
  }
  return { lives: lives.length, written: writtenBy(rig, lives), byCollecting, account, miscounted };
}

/** Adds up the agent's accounts of these lives, each of which may have had several runs. */
export async function readAccount(
  agent: AgentProcess,
  lives: readonly Life[],
): Promise<AgentAccount> {
  const served = await agent.accounts();
  const dropped: Record<string, number> = {};
  const droppedByLife: Record<string, number> = {};
  const sum = { read: 0, acknowledged: 0, unknownGaps: 0, unaccounted: 0 };
  for (const { life, containerId } of lives) {
    const own = served.filter(({ life }) => life.startsWith(containerId.slice(0, 12)));
    if (own.length === 0) sum.unaccounted++;
    for (const account of own) {
      sum.read += account.readLines;
      sum.acknowledged += account.acknowledgedLines;
      sum.unknownGaps += account.unknownGaps;
      for (const [reason, lines] of Object.entries(account.droppedLines)) {
        dropped[reason] = (dropped[reason] ?? 0) + lines;
        droppedByLife[life] = (droppedByLife[life] ?? 0) + lines;
      }
    }
  }
  return { ...sum, dropped, droppedByLife };
}

/** Lines that the agent says were lost. */
export function countedGap({ dropped }: AgentAccount): number {
  return Object.values(dropped).reduce((sum, lines) => sum + lines, 0);
}
