import { setTimeout as delay } from "node:timers/promises";
import type { Rig } from "../../test/agent/rig.ts";
import { until } from "../../test/harness/until.ts";
import type { PartContext } from "../part.ts";
import { formatFigure, type Section } from "../report.ts";
import { createPair, inPool, removeAll, runWriter, withRig } from "./bench-rig.ts";
import { type Usage, watchUsageFor } from "./usage.ts";

const MEGABYTE = 1_000_000;
const FULL = { containers: 500, settleMillis: 30_000, windowMillis: 60_000 };
const QUICK = { containers: 50, settleMillis: 5_000, windowMillis: 15_000 };
const STARTS_AT_ONCE = 8;

/** Containers that run and say nothing. */
export async function measureIdle({ isQuick, note }: PartContext): Promise<Section> {
  const size = isQuick ? QUICK : FULL;
  return withRig(async (rig) => {
    note(`idle: starting ${size.containers} containers`);
    const { ids, failure } = await startIdle(rig, size.containers);
    if (ids.length === 0) throw new Error(`no idle container could be started: ${failure}`);
    if (failure) note(`idle: only ${ids.length} could be started: ${failure}`);
    const pair = await createPair(rig, "idle");
    await Promise.all([pair.agent.up(), pair.peer.up()]);
    await until(
      `the agent to know all ${ids.length} containers`,
      async () => (await pair.agent.accounts()).length >= ids.length,
      120_000,
    );
    await delay(size.settleMillis);
    note(`idle: ${ids.length} containers, ${size.windowMillis / 1000} s`);
    const usage = await watchUsageFor(
      { agent: pair.agent.pid(), peer: pair.peer.pid(), dockerd: rig.engineProcess.pid() },
      size.windowMillis,
    );
    await Promise.all([pair.agent.end("SIGTERM"), pair.peer.end("SIGTERM")]);
    await removeAll(rig, ids);
    return describe(ids.length, usage, size, failure);
  });
}

/** As many as the machine takes: the first that does not start ends it. */
async function startIdle(
  rig: Rig,
  count: number,
): Promise<{ ids: string[]; failure: string | undefined }> {
  const ids: string[] = [];
  let failure: string | undefined;
  const slots = Array.from({ length: count }, (_, slot) => slot);
  await inPool(slots, STARTS_AT_ONCE, async (slot) => {
    if (failure !== undefined) return;
    try {
      const command = ["nothing", "-end", "stay"];
      ids.push(await runWriter(rig, "idle", { name: `idle-${slot}`, command, binds: [] }));
    } catch (error) {
      failure = String(error);
    }
  });
  return { ids, failure };
}

function describe(
  containers: number,
  usage: Readonly<Record<"agent" | "peer" | "dockerd", Usage>>,
  size: typeof FULL,
  failure: string | undefined,
): Section {
  return {
    part: "idle",
    title: `${containers} containers that write nothing`,
    tables: [
      {
        columns: ["process", "RSS, MB", "CPU of one core"],
        rows: (
          [
            ["Sightline agent", usage.agent],
            ["filelog receiver", usage.peer],
            ["dockerd", usage.dockerd],
          ] as const
        ).map(([name, { rss, cpuPercent }]) => [
          name,
          formatFigure(rss / MEGABYTE),
          `${cpuPercent.toFixed(1)} %`,
        ]),
      },
    ],
    targets: [],
    notes: [
      `Over ${size.windowMillis / 1000} s. The agent also reads CPU, memory, network and disk of every container from the engine, every 15 s; the filelog receiver does not.`,
      ...(failure === undefined
        ? []
        : [`${size.containers} were asked for; more did not start: ${failure}`]),
    ],
    data: { size, containers, usage, failure },
  };
}
