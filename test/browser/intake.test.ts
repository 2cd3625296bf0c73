import { GATEWAY_APP_DEFAULTS, GATEWAY_DEFAULTS } from "@sightline/core";
import { createDelivery, createUserKey, type Delivery, systemClock } from "@sightline/wire";
import { createMetricStore } from "@sightline/wire/metrics";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createIntake } from "../../packages/gateway/src/intake/create-intake.ts";
import type { Intake } from "../../packages/gateway/src/intake/intake.ts";
import { readRecords, type StoredRecord } from "../agent/stored.ts";
import { type LogStore, startLogStore } from "../harness/log-store.ts";

const DAY = 86_400_000;
const YEAR = 365 * DAY;
/** Not at the end of a minute: times of arrival are cut to it. */
const NOW = Math.floor(Date.now() / 60_000) * 60_000 + 2_000;

let loki: LogStore;
const ends: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  loki = await startLogStore();
});
afterAll(async () => {
  for (const end of ends) await end();
  await loki?.stop();
});

/** The inside of a gateway, before Loki itself. */
function startIntake(): { readonly intake: Intake; readonly delivery: Delivery } {
  const delivery = createDelivery({ endpoint: `${loki.url}/otlp` });
  const intake = createIntake({
    config: GATEWAY_DEFAULTS,
    hostName: "test-vm",
    mapsFolder: "/nowhere",
    userKey: createUserKey("a secret for the tests"),
    delivery,
    store: createMetricStore({ scope: "test" }),
    resourceOf: () => RESOURCE,
    clock: systemClock,
    log: (text) => {
      throw new Error(text);
    },
  });
  ends.push(() => intake.stop().then(() => delivery.shutdown(1_000)));
  return { intake, delivery };
}
const RESOURCE = {};

const META = {
  app: { version: "1.4.2", installationId: "installation-1" },
  session: { id: "session-1" },
  browser: { name: "Chrome", version: "140", os: "Linux", language: "de", mobile: false },
};
const NUMBERED = Array.from({ length: 40 }, (_, index) => index);

/** Beacons with all that a store may refuse, cut or take for a second copy. */
function payloads(): readonly { readonly payload: unknown; readonly skewMillis: number }[] {
  const at = (millis: number): string => new Date(NOW + millis).toISOString();
  const long = "ö".repeat(70_000);
  const frames = NUMBERED.map((line) => ({
    filename: `https://shop.example/${"deep/".repeat(40)}app-${line}.js`,
    function: `f${line}`,
    lineno: 1,
    colno: line + 1,
    bundleid: `5a2f6f0e-0d8f-5d7e-9c5c-0f6f9f0a7c${line + 10}`,
  }));
  const trail = JSON.stringify(
    NUMBERED.map((step) => ({ at: NOW, kind: "click", text: "é".repeat(150) + step })),
  );
  const wide = Object.fromEntries(NUMBERED.map((name) => [`name${name}`, "ü".repeat(900)]));
  return [
    {
      skewMillis: 0,
      payload: {
        meta: META,
        logs: NUMBERED.map((index) => ({
          message: index < 20 ? "same" : `line ${index}`,
          timestamp: at(-1_000),
        })),
      },
    },
    {
      skewMillis: 0,
      payload: {
        meta: META,
        logs: [
          { message: "five days old", timestamp: at(-5 * DAY) },
          { message: "a year old", timestamp: at(-YEAR) },
        ],
      },
    },
    {
      skewMillis: 3 * YEAR,
      payload: { meta: META, logs: [{ message: "from the future", timestamp: at(3 * YEAR) }] },
    },
    {
      skewMillis: 0,
      payload: { meta: META, logs: [{ message: long, timestamp: at(-900), context: wide }] },
    },
    {
      skewMillis: 0,
      payload: {
        meta: META,
        exceptions: [
          {
            type: "TypeError",
            value: `boom ${long}`,
            timestamp: at(-800),
            stacktrace: { frames },
            context: { trail, ...wide },
          },
        ],
      },
    },
  ];
}

async function takeAll({ intake }: { intake: Intake }, delayMillis: number): Promise<void> {
  for (const { payload, skewMillis } of payloads()) {
    const outcome = await intake.take({
      app: { ...GATEWAY_APP_DEFAULTS, serviceName: "shop-web", keys: [] },
      payload,
      bytes: 1_000,
      receivedAtMillis: NOW + delayMillis,
      sentAtMillis: NOW + skewMillis + delayMillis,
    });
    expect(outcome).toMatchObject({ status: "safe", dropped: 0 });
  }
}

const read = (): Promise<StoredRecord[]> =>
  readRecords(loki.url, `{service_name="shop-web"}`, {
    fromMillis: NOW - 6 * DAY,
    toMillis: NOW + 3_600_000,
  });

describe("what the gateway made of a payload, in Loki", () => {
  it("is all there, and once, although two gateways were given it", async () => {
    const first = startIntake();
    await takeAll(first, 0);
    const stored = await read();
    const texts = stored.filter(({ fields }) => fields["kind"] === "log").map(({ text }) => text);
    expect(texts.filter((text) => text === "same")).toHaveLength(20);
    expect(texts.filter((text) => text.startsWith("line "))).toEqual(
      NUMBERED.slice(20).map((index) => `line ${index}`),
    );
    expect(texts).toContain("five days old");
    expect(texts).toContain("a year old");
    expect(texts).toContain("from the future");
    expect(texts.some((text) => text.startsWith("öööö"))).toBe(true);
    expect(texts.some((text) => text.startsWith("TypeError: boom"))).toBe(true);
    expect(first.delivery.stats().dropped).toEqual([]);

    const second = startIntake();
    await takeAll(second, 700);
    const both = await read();
    const withoutSessions = (records: readonly StoredRecord[]): StoredRecord[] =>
      records.filter(({ fields }) => fields["kind"] !== "session");
    expect(withoutSessions(both)).toEqual(withoutSessions(stored));
    expect(second.delivery.stats().dropped).toEqual([]);
  });
});
