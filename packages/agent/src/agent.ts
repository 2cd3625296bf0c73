import { join } from "node:path";
import type { AgentConfig } from "@sightline/core";
import { type Clock, createDelivery, type Delivery } from "@sightline/wire";
import { createMetricStore, createStoreExporter } from "@sightline/wire/metrics";
import { type AccountLedger, createAccounts } from "./accounts/accounts.ts";
import { startDockerSource } from "./containers/docker-source.ts";
import { openRunBook } from "./containers/run-book.ts";
import type { Tracker } from "./containers/tracker.ts";
import { parseDockerAddress } from "./docker/docker-address.ts";
import { createDockerClient, type DockerClient } from "./docker/docker-client.ts";
import type { HostFacts } from "./docker/identity-of.ts";
import { createFileSource } from "./files/file-source.ts";
import { readHostFacts } from "./host-facts.ts";
import { servePages } from "./http-server.ts";
import { createJournaldSource } from "./journald/journald-source.ts";
import { createOwnMetrics } from "./own-metrics.ts";
import { openShipper } from "./ship/open-shipper.ts";
import type { Shipper } from "./ship/shipper.ts";
import { openHostSink } from "./sources/host-source.ts";
import { createLagMeter } from "./sources/lag-meter.ts";
import { createEntryRedactor } from "./sources/redact-entry.ts";
import { createRequestsOfLines } from "./sources/requests-of-lines.ts";
import { positionOfStream } from "./sources/stream-positions.ts";
import { warmUp } from "./sources/warm-up.ts";
import { VERSION } from "./version.ts";

export interface AgentOptions {
  readonly config: AgentConfig;
  /** Headers for the collector, secrets in them. */
  readonly headers: Readonly<Record<string, string>>;
  /** The agent's own folder. */
  readonly directory: string;
  /** Where `/healthz` listens. 127.0.0.1, save inside a container. */
  readonly listenHost: string;
  readonly clock: Clock;
  log(text: string): void;
}

export interface Agent {
  /** Writes what was read to the journal and ends. */
  stop(): Promise<void>;
}

export type StartResult =
  | { readonly status: "started"; readonly agent: Agent }
  | { readonly status: "failed"; readonly message: string };

/** Bodies that are handed to the delivery; the journal has the rest. */
const DELIVERY_MEMORY_BYTES = 16 * 1024 * 1024;
/** An agent per VM is no crowd: a collector that is back should be told at once. */
const MAX_RETRY_MILLIS = 5_000;
const METRICS_EVERY_MILLIS = 15_000;
const STOP_MILLIS = 3_000;

export async function startAgent(options: AgentOptions): Promise<StartResult> {
  const { config, clock, log, directory } = options;
  const address = parseDockerAddress(config.docker.url);
  if (config.docker.enabled && address.status === "fault") {
    return { status: "failed", message: address.message };
  }
  const client =
    config.docker.enabled && address.status === "ok"
      ? createDockerClient(address.address)
      : undefined;
  const delivery = createDelivery({
    endpoint: config.otlp.url,
    headers: options.headers,
    maxMemoryBytes: DELIVERY_MEMORY_BYTES,
    retry: { maxMillis: MAX_RETRY_MILLIS },
    userAgent: `sightline-agent/${VERSION}`,
    clock,
  });
  const accounts = createAccounts();
  const opened = await openShipper({
    directory: config.journal.folder ?? join(directory, "journal"),
    maxBytes: config.journal.maxBytes,
    delivery,
    accounts,
    clock,
    log,
  });
  if (opened.status === "taken") {
    await delivery.shutdown(0);
    return { status: "failed", message: opened.message };
  }
  const host = await readHostFacts(config, client, clock);
  const { shipper, isWhole } = opened;
  const parts = { ...options, client, delivery, accounts, shipper, isWhole, host };
  return run(parts);
}

interface Parts extends AgentOptions {
  readonly client: DockerClient | undefined;
  readonly delivery: Delivery;
  readonly accounts: AccountLedger;
  readonly shipper: Shipper;
  readonly isWhole: boolean;
  readonly host: HostFacts;
}

async function run(parts: Parts): Promise<StartResult> {
  const { config, clock, log, directory, client, delivery, accounts, shipper, host } = parts;
  const store = createMetricStore({ clock, scope: "@sightline/agent" });
  const lag = createLagMeter();
  const book = await openRunBook({ directory, clock, onTrouble: log });
  // The records of the deaths went with the journal; a death that is told twice has one crash id.
  if (!parts.isWhole) book.doubtTold();
  const exporter = createStoreExporter({
    store,
    delivery,
    intervalMillis: METRICS_EVERY_MILLIS,
    clock,
    beforeCollect: createOwnMetrics({ store, accounts, shipper, host, lag, book }),
  });
  const startPatterns = new Map(config.multiline.map((m) => [m.service, new RegExp(m.start)]));
  const requests = createRequestsOfLines({ config: config.accessLogs, host, store, log });
  /** What the lines of every source go through. */
  const ways = {
    host,
    clock,
    shipper,
    accounts,
    rateLimit: config.rateLimit,
    lag,
    redactor: createEntryRedactor(config.redaction),
    startPattern: (service: string) => startPatterns.get(service),
    onSingleLine: requests.onLine,
  };
  warmUp(ways.redactor, clock);
  const claims = new Map<string, string>();
  let docker: Tracker | undefined;
  let isReady = false;

  const listening = await servePages(parts.listenHost, config.port, {
    "/healthz": () => ({ status: isReady ? 200 : 503, body: health() }),
    "/accounts": () => ({ status: 200, body: { lives: accounts.list() } }),
  });
  if (listening.status === "failed") {
    await Promise.all([exporter.stop(), shipper.shutdown(0), delivery.shutdown(0)]);
    return { status: "failed", message: listening.message };
  }

  if (client !== undefined) {
    docker = startDockerSource({
      config,
      client,
      store,
      book,
      ...ways,
      onStart: requests.onStart,
      log,
    });
  }
  const files = config.files.map(({ glob, service }) =>
    createFileSource({
      glob,
      clock,
      log,
      claims,
      positionOf: (source) => positionOfStream(shipper.positionOf(source), "stdout"),
      knownSources: () => shipper.sources(),
      forget: (source) => shipper.forget(source),
      openSink: (source, path, life) => openHostSink(ways, { service, source, path, life }),
    }),
  );
  const services = new Map(config.journald.map(({ unit, service }) => [unit, service]));
  const journald = createJournaldSource({
    units: [...services.keys()],
    clock,
    log,
    openSink: (source, unit, life) =>
      openHostSink(ways, { service: services.get(unit) ?? unit, source, life }),
  });

  function health(): unknown {
    return {
      status: isReady ? "ok" : "starting",
      version: VERSION,
      host: host.hostName,
      docker: client === undefined ? "off" : docker?.isConnected() ? "connected" : "away",
      containers: docker?.containers().filter((container) => container.isRunning()).length ?? 0,
      files: files.reduce((sum, file) => sum + file.stats().followedFiles, 0),
      units: journald.stats().runningUnits,
      journal: shipper.stats(),
      metrics: { ...store.stats(), lateRequests: requests.late() },
    };
  }

  await docker?.ready;
  isReady = true;

  let stopping: Promise<void> | undefined;
  async function stop(): Promise<void> {
    if (listening.status === "listening") listening.server.close();
    await Promise.all([docker?.stop(), ...files.map((file) => file.stop()), journald.stop()]);
    await exporter.stop();
    await shipper.shutdown(STOP_MILLIS);
    await book.save();
    await delivery.shutdown(STOP_MILLIS);
  }
  return {
    status: "started",
    agent: {
      stop() {
        stopping ??= stop();
        return stopping;
      },
    },
  };
}
