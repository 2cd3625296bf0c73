import { join } from "node:path";
import type { AgentOptions, AgentProcess } from "../../test/agent/agent-process.ts";
import { type Rig, startRig, type WriterOptions, whyNoRig } from "../../test/agent/rig.ts";
import { atExit } from "../at-exit.ts";
import { createFilelogPeer, type FilelogPeer, PEER_SERVICE } from "./filelog-peer.ts";

/** Containers that run side by side. */
export const AT_ONCE = 20;

/** Who collects, and which stored lines are its own. */
export interface Collecting {
  readonly name: string;
  readonly selector: string;
}

export const AGENT: Collecting = {
  name: "Sightline agent",
  selector: '{service_name=~"bench-.+",kind="log"}',
};
export const PEER: Collecting = {
  name: "filelog receiver",
  selector: `{service_name="${PEER_SERVICE}",kind="log"}`,
};

/** Engine, servers and writers; all ended afterwards, also at Ctrl-C. */
export async function withRig<T>(use: (rig: Rig) => Promise<T>): Promise<T> {
  const reason = whyNoRig();
  if (reason !== undefined) throw new Error(reason);
  const rig = await startRig();
  const dispose = atExit(rig.dispose);
  try {
    return await use(rig);
  } finally {
    await dispose();
  }
}

export interface Pair {
  readonly agent: AgentProcess;
  readonly peer: FilelogPeer;
}

export interface PairOptions {
  readonly config?: NonNullable<AgentOptions["config"]>;
  readonly wrapper?: readonly string[];
  /** What each may keep on its own disk. */
  readonly storeBytes?: number;
}

/** The agent and its peer on the same engine, sending to the same collector. Not started. */
export async function createPair(rig: Rig, name: string, options: PairOptions = {}): Promise<Pair> {
  const { config = {}, wrapper = [], storeBytes } = options;
  const journal = storeBytes === undefined ? {} : { journal: { maxBytes: storeBytes } };
  const agent = await rig.agent(`${name}-agent`, {
    config: { hostName: "bench-vm", ...journal, ...config },
    wrapper,
  });
  const peer = createFilelogPeer({
    directory: join(rig.directory, `${name}-peer`),
    dockerRoot: join(rig.engine.directory, "data"),
    otlpUrl: rig.receivers.otlpUrl,
    wrapper,
    ...(storeBytes !== undefined && { storeBytes }),
  });
  rig.own(peer);
  return { agent, peer };
}

/** A writer whose lines are stored under `bench-<group>` by the agent. */
export function runWriter(rig: Rig, group: string, options: WriterOptions): Promise<string> {
  const service = `bench-${group}`;
  return rig.run({ ...options, labels: { "com.docker.compose.service": service } });
}

/** Removes all of them, some at a time. */
export async function removeAll(rig: Rig, ids: readonly string[]): Promise<void> {
  await inPool(ids, AT_ONCE, (id) => rig.docker.remove(id));
}

/** Runs `use` for each item, at most `width` at a time. */
export async function inPool<T>(
  items: readonly T[],
  width: number,
  use: (item: T, index: number) => Promise<void>,
): Promise<void> {
  const queue = items.map((item, index) => ({ item, index }));
  const worker = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      await use(next.item, next.index);
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, worker));
}
