import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { repositoryRoot } from "../harness/stack.ts";
import { until } from "../harness/until.ts";
import { type Child, createChild } from "./child.ts";

const MAIN = join(repositoryRoot, "packages/agent/dist/main.js");

export interface AgentOptions {
  /** Where it keeps its configuration, journal and log. */
  readonly directory: string;
  readonly otlpUrl: string;
  /** `unix:///…` or `http://…`. */
  readonly dockerUrl: string;
  /** Laid over what is above; one level deep. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Put before the command, for example `["taskset", "-c", "1"]`. */
  readonly wrapper?: readonly string[];
}

/** One account, as `GET /accounts` has it. */
export interface ServedAccount {
  readonly life: string;
  readonly service: string;
  readonly containerName?: string;
  readonly run?: number;
  readonly endedUnixMillis?: number;
  readonly readLines: number;
  readonly sentLines: number;
  readonly acknowledgedLines: number;
  readonly droppedLines: Readonly<Record<string, number>>;
  readonly unknownGaps: number;
}

/** The agent as it runs on a VM: a process that knows its configuration file and nothing else. */
export interface AgentProcess extends Child {
  readonly journal: string;
  /** Starts it and resolves once its health answers, whatever it says. */
  up: () => Promise<void>;
  accounts: () => Promise<ServedAccount[]>;
  health: () => Promise<{ status: number; text: string }>;
}

/** Why there is no agent to test; nothing if there is. */
export function whyNoAgent(): string | undefined {
  return existsSync(MAIN) ? undefined : "packages/agent is not built; run npm run build";
}

export async function createAgent(options: AgentOptions): Promise<AgentProcess> {
  const { directory, otlpUrl, dockerUrl, config = {}, wrapper = [] } = options;
  mkdirSync(directory, { recursive: true });
  const port = await freePort();
  const journal = join(directory, "journal");
  const file = join(directory, "agent.json");
  const sections: Record<string, unknown> = {
    version: 1,
    hostName: "test-vm",
    environment: "test",
    port,
    otlp: { url: otlpUrl },
    docker: { url: dockerUrl },
    journal: { folder: journal },
  };
  for (const [name, value] of Object.entries(config)) {
    const before = sections[name];
    sections[name] = isObject(before) && isObject(value) ? { ...before, ...value } : value;
  }
  writeFileSync(file, JSON.stringify(sections, null, 2));

  const [command = "", ...args] = [...wrapper, process.execPath, MAIN, "--config", file];
  const child = createChild({
    command,
    args,
    // As it is installed: `up`, the image and the systemd unit set the same.
    env: {
      PATH: process.env["PATH"] ?? "",
      HOME: directory,
      SIGHTLINE_DATA: directory,
      MALLOC_ARENA_MAX: "1",
    },
    cwd: directory,
    logFile: join(directory, "agent.log"),
  });
  const ask = async (path: string): Promise<{ status: number; text: string }> => {
    const address = `http://127.0.0.1:${port}${path}`;
    const response = await fetch(address, { signal: AbortSignal.timeout(10_000) });
    return { status: response.status, text: await response.text() };
  };
  return {
    ...child,
    journal,
    up: async () => {
      child.start();
      await until("the agent to answer", async () => {
        const end = child.unexpectedEnd();
        if (end) throw new Error(`the agent ${end}: ${child.log().slice(-2_000)}`);
        return (await ask("/healthz")).status === 200;
      });
    },
    accounts: async () => {
      const { status, text } = await ask("/accounts");
      if (status !== 200) throw new Error(`/accounts answered ${status}: ${text}`);
      return (JSON.parse(text) as { lives: ServedAccount[] }).lives;
    },
    health: () => ask("/healthz"),
  };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((done) => server.close(done));
  return port;
}
