import type { Rig } from "../../test/agent/rig.ts";
import { AT_ONCE, inPool, runWriter } from "./bench-rig.ts";
import type { Life } from "./ledger.ts";

export interface Load {
  /** Also the second part of each life's name: `life-<group>-<slot>`. */
  readonly group: string;
  readonly linesPerSecond: number;
  readonly seconds: number;
}

/** Containers that share a rate. They are started first and then begin all at once. */
export async function startLoad(
  rig: Rig,
  { group, linesPerSecond, seconds }: Load,
): Promise<Life[]> {
  const begin = rig.counters.beginFlag(group);
  const rate = String(linesPerSecond / AT_ONCE);
  const slots = Array.from({ length: AT_ONCE }, (_, slot) => slot);
  const lives: Life[] = [];
  await inPool(slots, AT_ONCE, async (slot) => {
    const life = `life-${group}-${slot}`;
    const containerId = await runWriter(rig, group, {
      name: life,
      command: [
        "lines",
        ...rig.counters.flagOf(life),
        ...begin,
        ...["-rate", rate, "-for", `${seconds}s`],
      ],
    });
    lives.push({ life, containerId });
  });
  rig.counters.begin(group);
  return lives;
}

export async function untilEnded(rig: Rig, lives: readonly Life[]): Promise<void> {
  await Promise.all(lives.map(({ containerId }) => rig.docker.wait(containerId)));
}
