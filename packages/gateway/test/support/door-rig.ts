import type { Server } from "node:http";
import { request } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import {
  GATEWAY_APP_DEFAULTS,
  GATEWAY_DEFAULTS,
  GATEWAY_REASON_HEADER,
  type GatewayApp,
  type GatewayConfig,
} from "@sightline/core";
import { systemClock } from "@sightline/wire";
import { createMetricStore } from "@sightline/wire/metrics";
import { toDoorSettings } from "../../src/config/door-settings.ts";
import { createDoor } from "../../src/http/door.ts";
import {
  createGatewayServer,
  SERVER_LIMITS,
  type ServerLimits,
} from "../../src/http/gateway-server.ts";
import type { Outcome } from "../../src/http/outcome.ts";
import { createScriptPage } from "../../src/http/script.ts";
import type { Beacon, BeaconOutcome } from "../../src/intake/intake.ts";
import { createRequestLimits } from "../../src/limits/request-limits.ts";
import { createRequestCounts } from "../../src/metrics/request-counts.ts";
import { createResources } from "../../src/metrics/resources.ts";

export const KEY = "shop-key-1";
export const ORIGIN = "https://shop.example";

export const SHOP: GatewayApp = {
  ...GATEWAY_APP_DEFAULTS,
  serviceName: "shop-web",
  keys: [KEY],
  origins: [ORIGIN],
};

export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
  /** The counted reason, where it is told. */
  readonly reason: string | undefined;
}

export interface Sent {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | string;
}

export interface DoorRig {
  readonly port: number;
  readonly beacons: Beacon[];
  answerWith(take: (beacon: Beacon) => Promise<BeaconOutcome>): void;
  configure(change: Partial<GatewayConfig>): void;
  totals(): Readonly<Partial<Record<Outcome, number>>>;
  /** A beacon as a page sends it, with what the test says otherwise. */
  send(sent?: Sent): Promise<Answered>;
  /** A connection of which the test writes every byte. */
  connect(): Promise<Socket>;
  close(): Promise<void>;
}

export interface DoorRigOptions {
  readonly config?: Partial<GatewayConfig>;
  readonly limits?: Partial<ServerLimits>;
  readonly maxBytesUnderWay?: number;
  readonly scriptPath?: string;
  now?(): number;
}

/** The real server and door before an intake that the test decides about. */
export async function startDoor(options: DoorRigOptions = {}): Promise<DoorRig> {
  let config: GatewayConfig = { ...GATEWAY_DEFAULTS, apps: [SHOP], ...options.config };
  let settings = toDoorSettings(config);
  const beacons: Beacon[] = [];
  let take = async (_beacon: Beacon): Promise<BeaconOutcome> => ({
    status: "safe",
    items: 1,
    dropped: 0,
  });
  const counts = createRequestCounts({
    store: createMetricStore(),
    resourceOf: createResources({ hostName: "vm", environment: "test", instanceId: "1" }),
  });
  const server = createGatewayServer({
    door: createDoor({
      settings: () => settings,
      limits: createRequestLimits({ now: options.now ?? Date.now }),
      intake: {
        take(beacon) {
          beacons.push(beacon);
          return take(beacon);
        },
        stop: async () => undefined,
      },
      clock: systemClock,
      ...(options.maxBytesUnderWay && { maxBytesUnderWay: options.maxBytesUnderWay }),
    }),
    script: createScriptPage(options.scriptPath),
    counts,
    health: () => ({ outcome: "health" }),
    isStopping: () => false,
    limits: { ...SERVER_LIMITS, ...options.limits },
  });
  const port = await listen(server);
  return {
    port,
    beacons,
    totals: counts.totals,
    answerWith(next) {
      take = next;
    },
    configure(change) {
      config = { ...config, ...change };
      settings = toDoorSettings(config);
    },
    send: (sent = {}) => send(port, sent),
    connect: () =>
      new Promise((resolve, reject) => {
        const socket = connect(port, "127.0.0.1", () => resolve(socket));
        socket.once("error", reject);
      }),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

export function send(port: number, sent: Sent): Promise<Answered> {
  const { method = "POST", path = `/c/${KEY}`, body = "{}" } = sent;
  const headers = sent.headers ?? { origin: ORIGIN, "content-type": "text/plain" };
  return new Promise((resolve, reject) => {
    const outgoing = request(
      { host: "127.0.0.1", port, method, path, headers, agent: false },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("end", () => {
          const reason = response.headers[GATEWAY_REASON_HEADER];
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(chunks).toString("utf8"),
            reason: typeof reason === "string" ? reason : undefined,
          });
        });
        response.on("error", reject);
      },
    );
    outgoing.on("error", reject);
    outgoing.end(method === "GET" || method === "HEAD" ? undefined : body);
  });
}

/** All that a connection says until it is closed. */
export function readToEnd(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    socket.on("data", (chunk) => chunks.push(chunk));
    socket.on("error", () => undefined);
    socket.on("close", () => resolve(Buffer.concat(chunks).toString("latin1")));
  });
}
