import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Engine, startEngine, whyNoEngine } from "../docker/engine.ts";
import { type AgentOptions, type AgentProcess, createAgent, whyNoAgent } from "./agent-process.ts";
import type { Child } from "./child.ts";
import { createDockerClient, type DockerClient, type RunOptions } from "./docker-client.ts";
import { createEngineProcess, type EngineProcess } from "./engine-process.ts";
import { createLifeCounters, type LifeCounters } from "./life-counter.ts";
import { type Receivers, startReceivers, whyNoReceivers } from "./receivers.ts";
import { importWriter, WRITER_IMAGE, whyNoWriter } from "./writer.ts";

/** A Docker engine with writers in it, and servers for what an agent sends. */
export interface Rig {
  readonly directory: string;
  readonly engine: Engine;
  readonly engineProcess: EngineProcess;
  readonly docker: DockerClient;
  readonly receivers: Receivers;
  readonly counters: LifeCounters;
  /** An agent of its own journal, not started yet; ended with the rig. */
  agent: (name: string, options?: Partial<AgentOptions>) => Promise<AgentProcess>;
  /** Ends it with the rig, before the servers that it sends to. */
  own: (child: Child) => void;
  /** Starts a writer with the rig's image and count folder. */
  run: (options: WriterOptions) => Promise<string>;
  dispose: () => Promise<void>;
}

export type WriterOptions = Partial<RunOptions> & Pick<RunOptions, "name" | "command">;

/** Why none can be started here; nothing if one can. */
export function whyNoRig(): string | undefined {
  return whyNoEngine() ?? whyNoReceivers() ?? whyNoAgent() ?? whyNoWriter();
}

export async function startRig(): Promise<Rig> {
  const directory = mkdtempSync(join(tmpdir(), "sightline-rig-"));
  const ends: (() => Promise<void> | void)[] = [
    () => rmSync(directory, { recursive: true, force: true }),
  ];
  const dispose = async (): Promise<void> => {
    const failures: unknown[] = [];
    for (const end of ends.splice(0).reverse()) {
      try {
        await end();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, "the rig did not end well");
  };
  try {
    const [engine, receivers] = await startBoth(ends);
    const engineProcess = createEngineProcess(engine);
    ends.push(engineProcess.dispose);
    const docker = createDockerClient(engine.host);
    ends.push(() => docker.close());
    importWriter(engine);
    const own = (child: Child): void => {
      ends.push(() => child.end("SIGKILL"));
    };
    const counters = createLifeCounters(join(directory, "count"));
    return {
      directory,
      engine,
      engineProcess,
      docker,
      receivers,
      counters,
      agent: async (name, options = {}) => {
        const agent = await createAgent({
          directory: join(directory, name),
          otlpUrl: receivers.otlpUrl,
          dockerUrl: engine.host,
          ...options,
        });
        own(agent);
        return agent;
      },
      own,
      run: (options) => docker.run({ image: WRITER_IMAGE, binds: [counters.bind], ...options }),
      dispose,
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}

/** Side by side, as each takes seconds; what one has started is ended should the other fail. */
async function startBoth(
  ends: (() => Promise<void> | void)[],
): Promise<readonly [Engine, Receivers]> {
  const starting = [
    startEngine().then((engine) => {
      ends.push(engine.dispose);
      return engine;
    }),
    startReceivers().then((receivers) => {
      ends.push(receivers.dispose);
      return receivers;
    }),
  ] as const;
  await Promise.allSettled(starting);
  return Promise.all(starting);
}
