import { SEVERITY, toAttributes } from "@sightline/core";
import type { MetricStore } from "@sightline/wire/metrics";
import { createMetricStore, exportMetrics } from "@sightline/wire/metrics";
import { createAccounts } from "../../packages/agent/src/accounts/accounts.ts";
import type { Death } from "../../packages/agent/src/deaths/death.ts";
import { toDeathEntry } from "../../packages/agent/src/deaths/death-entry.ts";
import { type ContainerFacts, identityOf } from "../../packages/agent/src/docker/identity-of.ts";
import type { LogEntry } from "../../packages/agent/src/lines/log-entry.ts";
import { createOwnMetrics } from "../../packages/agent/src/own-metrics.ts";
import type { ContainerSample } from "../../packages/agent/src/resources/container-sample.ts";
import { serializeEntries } from "../../packages/agent/src/ship/log-request.ts";
import type { Shipper } from "../../packages/agent/src/ship/shipper.ts";
import { createLagMeter, type LagMeter } from "../../packages/agent/src/sources/lag-meter.ts";

/** What an agent sends, made by its own code at moments of our choice, without a Docker engine. */

const ACCEPTED = { status: "accepted" } as const;

/** One process of the agent; a restart makes a new one with the same accounts. */
export interface AgentProcess {
  readonly store: MetricStore;
  readonly lag: LagMeter;
  /** Sends everything as it stands at this moment; rejects unless it was acknowledged. */
  exportAt(unixMillis: number): Promise<void>;
  /** What happens between exports happens at this time. */
  setTime(unixMillis: number): void;
}

type AgentAccounts = ReturnType<typeof createAccounts>;
export const createAgentAccounts: typeof createAccounts = createAccounts;

export function startAgentProcess(options: {
  readonly otlpUrl: string;
  readonly accounts: AgentAccounts;
  readonly journalBytes: number;
  readonly host: { readonly hostName: string; readonly environment: string };
  readonly nowMillis: number;
}): AgentProcess {
  const { otlpUrl, accounts, journalBytes, host } = options;
  let nowMillis = options.nowMillis;
  const clock = { now: () => nowMillis, after: () => () => {} };
  const store = createMetricStore({ clock });
  const shipper = { stats: () => ({ journalBytes }) } as Shipper;
  const lag = createLagMeter();
  const setOwn = createOwnMetrics({ store, accounts, shipper, host, lag, book: createBook() });
  return {
    store,
    lag,
    setTime(unixMillis) {
      nowMillis = unixMillis;
    },
    async exportAt(unixMillis) {
      nowMillis = unixMillis;
      await setOwn();
      const bodies: Uint8Array[] = [];
      const delivery = {
        enqueue: ({ body }: { body: Uint8Array }) => {
          bodies.push(body);
          return ACCEPTED;
        },
        countDropped: () => {},
      };
      exportMetrics(store, delivery as unknown as Parameters<typeof exportMetrics>[1], {
        nowMillis,
      });
      for (const body of bodies) await post(`${otlpUrl}/v1/metrics`, body);
    },
  };
}

/** Keeps for one process only what the agent's own book keeps on disk. */
function createBook(): Parameters<typeof createOwnMetrics>[0]["book"] {
  const kept = new Map<string, unknown>();
  return {
    keep: (name, value) => kept.set(name, value),
    kept: (name) => kept.get(name),
    save: async () => {},
  };
}

/** A reading of a busy container, `seconds` after its start. */
export function sampleAfter(startedAtMillis: number, seconds: number): ContainerSample {
  return {
    atMillis: startedAtMillis + seconds * 1000,
    cpuTotalSeconds: seconds * 0.5,
    cpuModes: { user: seconds * 0.375, system: seconds * 0.125 },
    throttledSeconds: seconds * 0.0625,
    memoryBytes: 120 * 2 ** 20,
    workingSetBytes: 96 * 2 ** 20,
    memoryLimitBytes: 128 * 2 ** 20,
    network: { receivedBytes: seconds * 1000, sentBytes: seconds * 2000 },
    disk: { readBytes: seconds * 100, writtenBytes: seconds * 200 },
    pids: 7,
  };
}

export async function sendDeath(
  otlpUrl: string,
  facts: ContainerFacts,
  host: { readonly hostName: string; readonly environment: string },
  death: Death,
): Promise<void> {
  const entry = toDeathEntry(death, (text) => text);
  await sendEntry(otlpUrl, entry, identityOf(facts, death.run, host));
}

export async function sendDeploy(
  otlpUrl: string,
  facts: ContainerFacts,
  host: { readonly hostName: string; readonly environment: string },
  release: { readonly from: string; readonly to: string },
  timeMillis: number,
): Promise<void> {
  const body = `${facts.service} is deployed: ${release.to}, before it was ${release.from}`;
  const entry: LogEntry = {
    body,
    time: [Math.floor(timeMillis / 1000), 0],
    severityNumber: SEVERITY.INFO,
    severityText: "INFO",
    attributes: toAttributes({ kind: "deploy", timeMillis, body, ...release }),
    lines: 0,
  };
  await sendEntry(otlpUrl, entry, identityOf(facts, 1, host));
}

async function sendEntry(
  otlpUrl: string,
  entry: LogEntry,
  identity: ReturnType<typeof identityOf>,
): Promise<void> {
  const { requests } = serializeEntries([{ entry, identity, step: undefined }]);
  for (const { body } of requests) await post(`${otlpUrl}/v1/logs`, body);
}

async function post(url: string, body: Uint8Array): Promise<void> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/x-protobuf" },
    body: Buffer.from(body),
    signal: AbortSignal.timeout(5_000),
  });
  if (!response.ok) throw new Error(`HTTP ${response.status}: ${await response.text()}`);
  await response.arrayBuffer();
}
