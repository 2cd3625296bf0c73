import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  GATEWAY_APP_DEFAULTS,
  GATEWAY_DEFAULTS,
  type GatewayApp,
  type GatewayConfig,
  RESOURCE,
} from "@sightline/core";
import type { StackResolver } from "@sightline/source-maps";
import { createDelivery, createUserKey, type Delivery, systemClock } from "@sightline/wire";
import { type CollectableMetricStore, createMetricStore } from "@sightline/wire/metrics";
import { decodeRequest, type ReadRecord } from "../../../wire/test/fixtures/decode-logs.ts";
import { type Receiver, startReceiver } from "../../../wire/test/fixtures/receiver.ts";
import { createIntake } from "../../src/intake/create-intake.ts";
import type { Beacon, Intake } from "../../src/intake/intake.ts";

export const APP: GatewayApp = {
  ...GATEWAY_APP_DEFAULTS,
  serviceName: "shop-web",
  keys: ["public-key-1"],
  origins: ["https://shop.example"],
};

export const USER_SECRET = "a secret for the tests";

export interface StoredRecord extends Omit<ReadRecord, "attributes"> {
  readonly resource: Readonly<Record<string, unknown>>;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** An intake over a real delivery to a real endpoint. */
export interface Rig {
  readonly intake: Intake;
  readonly delivery: Delivery;
  readonly store: CollectableMetricStore;
  readonly collector: Receiver;
  readonly said: string[];
  beacon(payload: unknown, overrides?: Partial<Beacon>): Beacon;
  /** All that the collector was given, in order. */
  records(): StoredRecord[];
  ofKind(kind: string): StoredRecord[];
  /** Sum of a counter over its series with these attributes. */
  counted(name: string, attributes?: Readonly<Record<string, unknown>>): number;
  close(): Promise<void>;
}

export interface RigOptions {
  readonly resolver?: StackResolver;
  readonly config?: Partial<GatewayConfig>;
  /** Folder of the spool. Default: one of its own. */
  readonly spool?: string;
  readonly timeoutMillis?: number;
  readonly collector?: Receiver;
}

export const NOW = Date.parse("2026-11-23T10:00:00.000Z");

export async function startRig(options: RigOptions = {}): Promise<Rig> {
  const collector = options.collector ?? (await startReceiver());
  const folder = mkdtempSync(join(tmpdir(), "sightline-intake-"));
  const delivery = createDelivery({
    endpoint: collector.endpoint,
    spool: {
      directory: options.spool ?? join(folder, "spool"),
      maxBytes: options.config?.spool?.maxBytes ?? 50_000_000,
    },
    retry: { maxMillis: 200 },
  });
  const store = createMetricStore({ scope: "test" });
  const said: string[] = [];
  const intake = createIntake({
    config: { ...GATEWAY_DEFAULTS, ...options.config },
    hostName: "vm-1",
    mapsFolder: join(folder, "maps"),
    resolver: options.resolver,
    timeoutMillis: options.timeoutMillis,
    userKey: createUserKey(USER_SECRET),
    delivery,
    store,
    resourceOf: createTestResources(),
    clock: systemClock,
    log: (text) => said.push(text),
  });

  const records = (): StoredRecord[] =>
    collector.requests
      .filter(({ path }) => path === "/v1/logs")
      .flatMap(({ body }) => decodeRequest(body))
      .flatMap(({ resource, records: all }) =>
        all.map((record) => ({
          ...record,
          resource: Object.fromEntries(resource),
          attributes: Object.fromEntries(record.attributes),
        })),
      );

  return {
    intake,
    delivery,
    store,
    collector,
    said,
    beacon: (payload, overrides = {}) => ({
      app: APP,
      payload,
      bytes: JSON.stringify(payload)?.length ?? 0,
      receivedAtMillis: NOW,
      sentAtMillis: NOW,
      ...overrides,
    }),
    records,
    ofKind: (kind) => records().filter(({ attributes }) => attributes["kind"] === kind),
    counted: (name, attributes = {}) => {
      const series = store
        .collect()
        .flatMap(({ instruments }) => instruments)
        .filter((instrument) => instrument.name === name)
        .flatMap((instrument) => instrument.series)
        .filter((one) =>
          Object.entries(attributes).every(([key, value]) => one.attributes[key] === value),
        );
      return series.reduce((sum, one) => sum + ("value" in one ? one.value : one.count), 0);
    },
    async close() {
      await intake.stop();
      await delivery.shutdown(1_000);
      if (options.collector === undefined) await collector.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function createTestResources() {
  const known = new Map<string, Readonly<Record<string, string>>>();
  return (service: string) => {
    const resource = known.get(service) ?? { [RESOURCE.serviceName]: service };
    known.set(service, resource);
    return resource;
  };
}
