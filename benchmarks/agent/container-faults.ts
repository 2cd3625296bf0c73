import { setTimeout as delay } from "node:timers/promises";
import type { Rig } from "../../test/agent/rig.ts";
import { until } from "../../test/harness/until.ts";
import { AT_ONCE, inPool, runWriter } from "./bench-rig.ts";
import type { Life } from "./ledger.ts";
import type { SeededRandom } from "./random.ts";

/** What happens to a container in the middle of its work. */
export interface ContainerFault {
  readonly group: string;
  readonly title: string;
  /** Containers that one slot has one after the other at the least. */
  readonly leastPerSlot?: number;
  /** Lives the life and resolves with the container's id once it is over. */
  readonly live: (stage: Stage) => Promise<string>;
}

interface Stage {
  readonly rig: Rig;
  readonly random: SeededRandom;
  readonly group: string;
  readonly life: string;
  /** Of the container; the same for all lives of a slot. */
  readonly slotName: string;
}

const MEMORY_BYTES = 24 * 1024 * 1024;
const LAST_LINE_POLL_MILLIS = 2;

const start = (
  { rig, group, life }: Stage,
  name: string,
  flags: readonly string[],
  memoryBytes = 0,
): Promise<string> =>
  runWriter(rig, group, {
    name,
    command: ["lines", ...rig.counters.flagOf(life), ...flags],
    memoryBytes,
  });

const rate = (random: SeededRandom): string[] => ["-rate", String(random.between(20, 200))];
const moment = (random: SeededRandom): number => random.between(100, 1_500);

export const CONTAINER_FAULTS: readonly ContainerFault[] = [
  {
    group: "kill",
    title: "`kill -9`",
    live: async (stage) => {
      const { rig, random, life } = stage;
      const id = await start(stage, life, [...rate(random), "-end", "stay"]);
      await delay(moment(random));
      await rig.docker.killProcess(id);
      await rig.docker.wait(id);
      return id;
    },
  },
  {
    group: "oom",
    title: "out of memory",
    live: async (stage) => {
      const { rig, random, life } = stage;
      const period = `${Math.round(moment(random))}ms`;
      const flags = [...rate(random), "-for", period, "-end", "oom"];
      const id = await start(stage, life, flags, MEMORY_BYTES);
      await rig.docker.wait(id);
      return id;
    },
  },
  {
    group: "exit",
    title: "`exit 1` after 50 ms",
    live: async (stage) => {
      const flags = ["-rate", "1000", "-for", "50ms", "-end", "exit", "-code", "1"];
      const id = await start(stage, stage.life, flags);
      await stage.rig.docker.wait(id);
      return id;
    },
  },
  {
    group: "remove",
    title: "`docker rm -f` within 100 ms of the last line",
    live: async (stage) => {
      const { rig, random, life } = stage;
      const count = Math.round(random.between(10, 200));
      const flags = ["-rate", "200", "-count", String(count), "-end", "stay"];
      const id = await start(stage, life, flags);
      while (rig.counters.written(life).finished < count) await delay(LAST_LINE_POLL_MILLIS);
      await delay(random.between(0, 100));
      await rig.docker.remove(id);
      return id;
    },
  },
  {
    group: "redeploy",
    title: "redeploy under the same name while it writes",
    leastPerSlot: 2,
    live: async (stage) => {
      const { rig, random, life, slotName } = stage;
      const id = await start(stage, slotName, [...rate(random), "-end", "stay"]);
      await until("its first line", () => rig.counters.written(life).finished > 0);
      await delay(moment(random));
      await rig.docker.remove(id);
      return id;
    },
  },
];

/** Lives all lives of one fault, in as many slots as run side by side. */
export async function liveFault(
  rig: Rig,
  { group, live, leastPerSlot = 1 }: ContainerFault,
  random: SeededRandom,
  lifeCount: number,
): Promise<Life[]> {
  const lives: Life[] = [];
  const perSlot = Math.max(leastPerSlot, Math.ceil(lifeCount / AT_ONCE));
  const slots = Array.from({ length: AT_ONCE }, (_, slot) => slot);
  await inPool(slots, AT_ONCE, async (slot) => {
    const slotName = `bench-${group}-${slot}`;
    for (let turn = 0; turn < perSlot; turn++) {
      const life = `life-${group}-${slot}-${turn}`;
      const containerId = await live({ rig, random, group, life, slotName });
      lives.push({ life, containerId });
    }
  });
  return lives;
}
