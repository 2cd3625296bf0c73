import type { IncomingMessage, Server } from "node:http";
import { hostname } from "node:os";
import { join } from "node:path";
import { DATA_FOLDER, type GatewayConfig } from "@sightline/core";
import { type Clock, createDelivery, createUserKey } from "@sightline/wire";
import { createMetricStore, createStoreExporter } from "@sightline/wire/metrics";
import type { LiveConfig } from "./config/live-config.ts";
import type { Answer } from "./http/answer.ts";
import { createDoor } from "./http/door.ts";
import { createGatewayServer, type ServerLimits } from "./http/gateway-server.ts";
import type { Outcome } from "./http/outcome.ts";
import { createScriptPage } from "./http/script.ts";
import { createIntake } from "./intake/create-intake.ts";
import { createRequestLimits } from "./limits/request-limits.ts";
import { createOwnMetrics } from "./metrics/own-metrics.ts";
import { createRequestCounts } from "./metrics/request-counts.ts";
import { createResources } from "./metrics/resources.ts";
import { VERSION } from "./version.ts";

export interface GatewayOptions {
  readonly config: GatewayConfig;
  readonly live: LiveConfig;
  /** Headers for the collector, secrets in them. */
  readonly headers: Readonly<Record<string, string>>;
  readonly userSecret: string;
  /** `SIGHTLINE_DATA`. */
  readonly data: string;
  /** 127.0.0.1, save inside a container. */
  readonly listenHost: string;
  readonly clock: Clock;
  log(text: string): void;
  readonly serverLimits?: ServerLimits;
}

export interface Gateway {
  /** Takes nothing new, answers what is under way, hands over what is in memory, and ends. */
  stop(): Promise<void>;
  /** Requests since the start, by how they ended. */
  totals(): Readonly<Partial<Record<Outcome, number>>>;
}

export type StartResult =
  | { readonly status: "started"; readonly gateway: Gateway }
  | { readonly status: "failed"; readonly message: string };

const DELIVERY_MEMORY_BYTES = 33_554_432;
/** Pages wait for the answer: a collector that is back should be told at once. */
const MAX_RETRY_MILLIS = 5_000;
const METRICS_EVERY_MILLIS = 15_000;
const DRAIN_MILLIS = 10_000;
const STOP_MILLIS = 5_000;

export async function startGateway(options: GatewayOptions): Promise<StartResult> {
  const { config, live, clock, log, data } = options;
  const delivery = createDelivery({
    endpoint: config.otlpUrl,
    headers: options.headers,
    maxMemoryBytes: DELIVERY_MEMORY_BYTES,
    spool: {
      directory: config.spool.folder ?? join(data, "gateway", DATA_FOLDER.spool),
      maxBytes: config.spool.maxBytes,
    },
    retry: { maxMillis: MAX_RETRY_MILLIS },
    userAgent: `sightline-gateway/${VERSION}`,
    clock,
  });
  const store = createMetricStore({ clock, scope: "@sightline/gateway" });
  const hostName = config.hostName ?? hostname();
  const resourceOf = createResources({
    hostName,
    environment: config.environment,
    instanceId: `${hostname()}:${config.port}`,
  });
  const exporter = createStoreExporter({
    store,
    delivery,
    intervalMillis: METRICS_EVERY_MILLIS,
    clock,
    beforeCollect: createOwnMetrics(store, delivery, resourceOf(undefined)),
  });
  const intake = createIntake({
    config,
    hostName,
    mapsFolder: config.mapsFolder ?? join(data, DATA_FOLDER.maps),
    userKey: createUserKey(options.userSecret),
    delivery,
    store,
    resourceOf,
    clock,
    log,
  });
  const counts = createRequestCounts({ store, resourceOf });
  let stopping: Promise<void> | undefined;
  const server = createGatewayServer({
    door: createDoor({
      settings: live.settings,
      limits: createRequestLimits({ now: clock.now }),
      intake,
      clock,
    }),
    script: createScriptPage(),
    counts,
    health,
    isStopping: () => stopping !== undefined,
    ...(options.serverLimits && { limits: options.serverLimits }),
  });

  function health(request: IncomingMessage): Answer {
    const status = stopping === undefined ? "ok" : "stopping";
    const outcome = stopping === undefined ? "health" : "stopping";
    const body = isNeighbour(request) ? { status, ...details() } : { status };
    const headers = { "content-type": "application/json" };
    return { outcome, headers, body: JSON.stringify(body) };
  }

  function details(): object {
    const { memory, spool, failingSignals, lastError, dropped } = delivery.stats();
    const isFailing = failingSignals.length > 0 || spool?.isAvailable === false;
    return {
      version: VERSION,
      host: hostName,
      apps: new Set(live.settings().apps.values()).size,
      config: live.state(),
      requests: counts.totals(),
      spool: {
        waitingRecords: memory.records + (spool?.records ?? 0),
        waitingBytes: memory.bytes + (spool?.bytes ?? 0),
        isAvailable: spool?.isAvailable,
        ...(isFailing && { lastError: lastError?.text }),
      },
      dropped,
    };
  }

  async function stop(): Promise<void> {
    await closeServer(server, clock);
    await intake.stop();
    await exporter.stop();
    await delivery.shutdown(STOP_MILLIS);
  }

  const failure = await listen(server, options);
  if (failure !== undefined) {
    await Promise.all([intake.stop(), exporter.stop()]);
    await delivery.shutdown(0);
    return { status: "failed", message: failure };
  }
  const gateway: Gateway = {
    totals: counts.totals,
    stop() {
      stopping ??= stop();
      return stopping;
    },
  };
  return { status: "started", gateway };
}

/**
 * Asked from this machine, not through a proxy and not by a page whose name was pointed here: the
 * public sees nothing but the state.
 */
function isNeighbour({ socket, headers }: IncomingMessage): boolean {
  const isLocal = /^(?:::1|(?:::ffff:)?127\.)/.test(socket.remoteAddress ?? "");
  const isLocalName = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?$/.test(headers.host ?? "");
  const isForwarded = headers["x-forwarded-for"] ?? headers["forwarded"];
  return isLocal && isLocalName && isForwarded === undefined;
}

function listen(
  server: Server,
  { listenHost: host, config: { port }, log }: GatewayOptions,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    server.once("error", (error) => {
      resolve(
        `cannot listen on ${host}:${port}: ${error.message}; another gateway may run on this machine, else set another port`,
      );
    });
    server.listen(port, host, () => {
      server.on("error", (error) => log(`cannot take a connection: ${error.message}`));
      resolve(undefined);
    });
  });
}

async function closeServer(server: Server, clock: Clock): Promise<void> {
  const cancel = clock.after(DRAIN_MILLIS, () => server.closeAllConnections(), true);
  await new Promise<void>((resolve) => server.close(() => resolve()));
  cancel();
}
