import { setTimeout as delay } from "node:timers/promises";
import type { Rig } from "../../test/agent/rig.ts";
import { readRecords } from "../../test/agent/stored.ts";
import { findNumbered } from "../../test/agent/tally.ts";
import type { PartContext } from "../part.ts";
import { formatFigure, type Section } from "../report.ts";
import { type Summary, summarize } from "../statistics.ts";
import { AGENT, AT_ONCE, type Collecting, createPair, PEER, withRig } from "./bench-rig.ts";
import { startLoad, untilEnded } from "./load.ts";

const LINES_PER_SECOND = 1_000;
const FULL_SECONDS = 60;
const QUICK_SECONDS = 15;
const POLL_MILLIS = 100;
/** A line younger than this may still be on its way, so every query reaches back that far. */
const LOOK_BACK_MILLIS = 10_000;
const GIVE_UP_MILLIS = 30_000;
/** Asking for the lines of all containers ten times a second would be most of the load. */
const WATCHED = ["life-latency-0", "life-latency-10"] as const;

/** When each line was first readable, by `<life> <number>`. */
type Seen = Map<string, { readonly printedAt: number; readonly readAt: number }>;

interface Result {
  readonly name: string;
  readonly lines: number;
  readonly unread: number;
  readonly millis: Summary;
}

export async function measureLatency({ isQuick, note }: PartContext): Promise<Section> {
  const seconds = isQuick ? QUICK_SECONDS : FULL_SECONDS;
  return withRig(async (rig) => {
    const pair = await createPair(rig, "latency");
    await Promise.all([pair.agent.up(), pair.peer.up()]);
    note(`latency: ${AT_ONCE} containers, ${LINES_PER_SECOND} lines/s together, ${seconds} s`);
    const gaps: number[] = [];
    const readers = [AGENT, PEER].map((collecting) => ({ collecting, seen: new Map() as Seen }));
    const lives = await startLoad(rig, {
      group: "latency",
      linesPerSecond: LINES_PER_SECOND,
      seconds,
    });
    const ended = { isTrue: false };
    const end = untilEnded(rig, lives).finally(() => {
      ended.isTrue = true;
    });
    const writtenCount = (): number =>
      WATCHED.reduce((sum, life) => sum + rig.counters.written(life).finished, 0);
    let deadline = Number.POSITIVE_INFINITY;
    const isComplete = (): boolean =>
      ended.isTrue && readers.every(({ seen }) => seen.size >= writtenCount());
    while (!isComplete() && performance.now() < deadline) {
      const startedAt = performance.now();
      await Promise.all(readers.map(({ collecting, seen }) => poll(rig, collecting, seen)));
      await delay(POLL_MILLIS);
      gaps.push(performance.now() - startedAt);
      if (ended.isTrue && deadline === Number.POSITIVE_INFINITY) {
        deadline = performance.now() + GIVE_UP_MILLIS;
      }
    }
    await end;
    const written = writtenCount();
    const results = readers.map(({ collecting: { name }, seen }) => ({
      name,
      lines: written,
      unread: written - seen.size,
      millis: summarize([...seen.values()].map(({ printedAt, readAt }) => readAt - printedAt)),
    }));
    return describe(results, summarize(gaps), seconds);
  });
}

async function poll(rig: Rig, { selector }: Collecting, seen: Seen): Promise<void> {
  const now = Date.now();
  const range = { fromMillis: now - LOOK_BACK_MILLIS, toMillis: now + 1_000 };
  const query = `${selector} |~ "^(${WATCHED.join("|")}) "`;
  const records = await readRecords(rig.receivers.lokiUrl, query, range);
  const readAt = Date.now();
  for (const { text } of records) {
    for (const { life, number, printedUnixMillis } of findNumbered(text)) {
      const key = `${life} ${number}`;
      if (printedUnixMillis !== undefined && !seen.has(key)) {
        seen.set(key, { printedAt: printedUnixMillis, readAt });
      }
    }
  }
}

function describe(results: readonly Result[], gap: Summary, seconds: number): Section {
  const statistics = ["min", "p50", "p95", "max"] as const;
  const ours = results.find(({ name }) => name === AGENT.name);
  return {
    part: "latency",
    title: "Line printed by a container → line readable by query",
    tables: [
      {
        columns: ["collecting", ...statistics.map((name) => `${name}, s`), "lines", "not readable"],
        rows: results.map(({ name, millis, lines, unread }) => [
          name,
          ...statistics.map((statistic) => (millis[statistic] / 1000).toFixed(2)),
          String(lines),
          String(unread),
        ]),
      },
    ],
    targets: [
      {
        name: "printed → readable, p95",
        value: (ours?.millis.p95 ?? Number.NaN) / 1000,
        limit: 3,
        unit: "s",
      },
    ],
    notes: [
      `${AT_ONCE} containers write ${LINES_PER_SECOND} lines/s together for ${seconds} s; the lines of ${WATCHED.length} of them are watched. Two answers to the reader were ${formatFigure(gap.p50)} ms apart at the median and ${formatFigure(gap.p95)} ms at p95; a figure is too high by at most that.`,
    ],
    data: { seconds, results, pollGapMillis: gap },
  };
}
