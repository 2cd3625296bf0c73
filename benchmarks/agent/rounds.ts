import { setTimeout as delay } from "node:timers/promises";
import type { Rig } from "../../test/agent/rig.ts";
import { AT_ONCE, inPool, type Pair, runWriter } from "./bench-rig.ts";
import type { Life } from "./ledger.ts";
import type { SeededRandom } from "./random.ts";

export interface RoundStage {
  readonly rig: Rig;
  readonly pair: Pair;
  readonly random: SeededRandom;
  readonly outageMillis: number;
}

const ROTATING = { "max-size": "100k", "max-file": "2" } as const;
const LINE_BYTES = "400";

/** Containers of one kind in a round. */
interface Writers {
  readonly group: string;
  readonly title: string;
  readonly linesPerSecond: number;
  readonly logOptions?: Readonly<Record<string, string>>;
}

export interface Round {
  readonly name: string;
  readonly writers: readonly Writers[];
  readonly strike: (stage: RoundStage) => Promise<void>;
  /** The containers write until it is over. */
  readonly isOutage: boolean;
  /** Bytes that agent and peer may keep on disk; absent: the default of the agent. */
  readonly storeBytes?: number;
}

async function strikeBoth({ pair, random }: RoundStage, signal: NodeJS.Signals): Promise<void> {
  await delay(random.between(300, 2_500));
  await Promise.all([pair.agent.end(signal), pair.peer.end(signal)]);
  await delay(random.between(0, 2_000));
  await Promise.all([pair.agent.up(), pair.peer.up()]);
}

async function strikeServer(
  { rig, random, outageMillis }: RoundStage,
  server: "collector" | "loki",
): Promise<void> {
  await delay(random.between(300, 2_500));
  await rig.receivers[server].end("SIGKILL");
  await delay(outageMillis);
  await rig.receivers[server].up();
}

export const ROUNDS: readonly Round[] = [
  {
    name: "restart",
    writers: [{ group: "restart", title: "restart of the collecting process", linesPerSecond: 50 }],
    strike: (stage) => strikeBoth(stage, "SIGTERM"),
    isOutage: false,
  },
  {
    name: "killed",
    writers: [
      { group: "killed", title: "`kill -9` of the collecting process", linesPerSecond: 50 },
    ],
    strike: (stage) => strikeBoth(stage, "SIGKILL"),
    isOutage: false,
  },
  {
    name: "collector-down",
    writers: [
      { group: "nocol", title: "collector down", linesPerSecond: 20 },
      {
        group: "nocol-rot",
        title: "collector down, log files rotate",
        linesPerSecond: 50,
        logOptions: ROTATING,
      },
    ],
    strike: (stage) => strikeServer(stage, "collector"),
    isOutage: true,
  },
  {
    name: "loki-down",
    writers: [
      { group: "noloki", title: "Loki down", linesPerSecond: 20 },
      {
        group: "noloki-rot",
        title: "Loki down, log files rotate",
        linesPerSecond: 50,
        logOptions: ROTATING,
      },
    ],
    strike: (stage) => strikeServer(stage, "loki"),
    isOutage: true,
  },
  {
    name: "beyond",
    writers: [
      {
        group: "beyond",
        title: "collector down, log files rotate, own disk full (beyond the bound)",
        linesPerSecond: 100,
        logOptions: ROTATING,
      },
    ],
    strike: (stage) => strikeServer(stage, "collector"),
    isOutage: true,
    storeBytes: 2_097_152,
  },
];

const AFTER_MILLIS = 3_000;
const SHORT_MILLIS = 6_000;

/** One round: the containers write, the fault strikes at a random moment, they go on and end. */
export async function liveRound(
  stage: RoundStage,
  { writers, strike, isOutage }: Round,
  round: number,
): Promise<Map<string, Life[]>> {
  const { rig, random, outageMillis } = stage;
  const writeMillis = isOutage ? outageMillis + AFTER_MILLIS + 3_000 : SHORT_MILLIS;
  const lives = new Map<string, Life[]>(writers.map(({ group }) => [group, []]));
  const containers = writers.flatMap((kind) =>
    Array.from({ length: AT_ONCE }, (_, slot) => ({ ...kind, slot })),
  );
  await inPool(containers, AT_ONCE, async ({ group, linesPerSecond, logOptions, slot }) => {
    const life = `life-${group}-${slot}-${round}`;
    const rate = linesPerSecond * random.between(0.8, 1.2);
    const flags = ["-rate", String(rate), "-for", `${writeMillis}ms`, "-size", LINE_BYTES];
    const containerId = await runWriter(rig, group, {
      name: life,
      command: ["lines", ...rig.counters.flagOf(life), ...flags, "-stream", "both"],
      ...(logOptions && { logOptions }),
    });
    lives.get(group)?.push({ life, containerId });
  });
  await strike(stage);
  const all = [...lives.values()].flat();
  await Promise.all(all.map(({ containerId }) => rig.docker.wait(containerId)));
  return lives;
}
