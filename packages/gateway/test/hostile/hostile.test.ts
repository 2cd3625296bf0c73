import { mkdirSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { ATTRIBUTE, LOKI_LIMIT, RESOURCE } from "@sightline/core";
import { expect, it } from "vitest";
import { OUTCOMES, type Outcome } from "../../src/http/outcome.ts";
import { readToEnd, send } from "../support/door-rig.ts";
import { residentBytes, startGatewayProcess, waitUntil } from "../support/gateway-process.ts";
import { ATTACKS, type Attack, DEBUG_IDS, KEYS, REFUSED } from "./attacks.ts";
import { startLogSink } from "./log-sink.ts";
import { logLine, thrown } from "./payloads.ts";

const AT_A_TIME = 48;
const MAX_RESIDENT_BYTES = 400_000_000;
const WITHOUT_LIMITS = { maxRequestsPerMinute: 1_000_000, maxBytesPerMinute: 1_000_000_000_000 };
const origins = ["https://shop.example"];
/** Names of the sources in maps that none of these requests may have read. */
const SECRET_SOURCES = ["secret-of-admin", "secret-outside"];

type Counts = Partial<Record<Outcome, number>>;

it("answers 10,000 hostile requests each with its reason, stores none of them, and goes on", async () => {
  const sink = await startLogSink();
  const gateway = await startGatewayProcess({
    otlpUrl: sink.url,
    environment: "test",
    hostName: "vm-1",
    apps: [
      { serviceName: "shop-web", keys: [KEYS.shop], origins, ...WITHOUT_LIMITS },
      { serviceName: "admin-web", keys: [KEYS.admin], origins },
      { serviceName: "off-web", keys: [KEYS.off], origins, enabled: false },
      { serviceName: "rare-web", keys: [KEYS.rare], origins, maxRequestsPerMinute: 1 },
      { serviceName: "small-web", keys: [KEYS.small], origins, maxBytesPerMinute: 1_024 },
    ],
  });
  const { port, folder, child, health } = gateway;
  let peakBytes = 0;
  const watch = setInterval(() => {
    peakBytes = Math.max(peakBytes, residentBytes(child.pid ?? 0));
  }, 100);
  try {
    writeMaps(join(folder, "gateway/maps"));
    const jobs = ATTACKS.flatMap((attack) =>
      Array.from({ length: attack.count }, (_, n) => ({ attack, n })),
    );
    expect(jobs).toHaveLength(10_000);
    const wrong: string[] = [];
    const run = async ({ attack, n }: (typeof jobs)[number]): Promise<void> => {
      const fault = await strike(port, attack, n);
      if (fault !== undefined) wrong.push(`${attack.name} ${n}: ${fault}`);
    };
    // One address of IPv6 has its turn before the others of its network.
    await send(port, {
      path: `/c/${KEYS.rare}`,
      headers: forwarded("2001:db8:0:1::1"),
      body: logLine("first"),
    });
    for (const job of jobs.filter(({ attack }) => attack.isFirst)) await run(job);
    const slow = jobs.filter(({ attack }) => attack.ends.includes("timed_out")).map(run);
    await inTurns(
      mixed(jobs.filter(({ attack }) => !attack.isFirst && !attack.ends.includes("timed_out"))),
      run,
    );
    await Promise.all(slow);
    expect(wrong.slice(0, 20)).toEqual([]);

    const expected: Counts = { accepted: 1 };
    for (const { attack } of jobs) {
      for (const end of attack.ends) expected[end] = (expected[end] ?? 0) + 1;
    }
    await waitUntil("the last counts", async () => sum(await totals(health)) >= sum(expected));
    expect(await totals(health)).toEqual(expected);

    // What it takes from its own users it takes as before, and resolves with the maps of its own app.
    const last = { headers: forwarded("203.0.113.200") };
    expect((await send(port, { ...last, body: logLine("still here") })).status).toBe(204);
    expect(
      (
        await send(port, {
          ...last,
          path: `/c/${KEYS.admin}`,
          body: thrown("of admin", DEBUG_IDS.admin),
        })
      ).status,
    ).toBe(204);
    await waitUntil(
      "both at the collector",
      async () => sink.holds("still here") && sink.holds("of admin"),
    );
    checkStored(sink.records());
    expect(sink.holds(REFUSED)).toBe(false);
    expect(
      sink
        .records()
        .filter(({ resource }) => resource[RESOURCE.serviceName] !== "admin-web")
        .filter(holdsSecret),
    ).toEqual([]);
    expect(sink.records().filter(holdsSecret).length).toBeGreaterThan(0);
    expect(peakBytes).toBeLessThan(MAX_RESIDENT_BYTES);
  } finally {
    clearInterval(watch);
    expect(await gateway.end()).toBe(0);
    await sink.close();
  }
}, 300_000);

function checkStored(
  records: ReturnType<Awaited<ReturnType<typeof startLogSink>>["records"]>,
): void {
  const services = new Set(records.map(({ resource }) => resource[RESOURCE.serviceName]));
  expect([...services].sort()).toEqual(["admin-web", "rare-web", "shop-web"]);
  const names = new Set(records.flatMap(({ resource }) => Object.keys(resource)));
  const known: string[] = [
    RESOURCE.serviceName,
    RESOURCE.serviceVersion,
    RESOURCE.hostName,
    RESOURCE.deploymentEnvironmentName,
  ];
  expect([...names].filter((name) => !known.includes(name))).toEqual([]);
  expect(new Set(records.map(({ resource }) => resource[RESOURCE.hostName]))).toEqual(
    new Set(["vm-1"]),
  );
  const kinds = new Set(records.map(({ attributes }) => new Map(attributes).get(ATTRIBUTE.kind)));
  for (const kind of kinds) expect(["log", "error", "session"]).toContain(kind);
  const now = Date.now();
  for (const { timeUnixNano } of records) {
    const millis = Number(BigInt(timeUnixNano) / 1_000_000n);
    expect(millis).toBeGreaterThan(now - LOKI_LIMIT.maxAgeMillis);
    expect(millis).toBeLessThan(now + LOKI_LIMIT.maxFutureMillis);
  }
  const copies = records.filter(({ body }) => body === "replayed");
  expect(copies.length).toBeGreaterThan(0);
  expect(new Set(copies.map((copy) => JSON.stringify(copy))).size).toBe(1);
}

const holdsSecret = (record: object): boolean =>
  SECRET_SOURCES.some((source) => JSON.stringify(record).includes(source));

/** Maps that are really there: of the other app, and where a path out of an app's folder would lead. */
function writeMaps(folder: string): void {
  const map = (source: string): string =>
    JSON.stringify({
      version: 3,
      sources: [`src/${source}.ts`],
      names: [],
      mappings: "AAAA",
      sourcesContent: ["throw 1"],
    });
  for (const service of ["shop-web", "admin-web"])
    mkdirSync(join(folder, service), { recursive: true });
  writeFileSync(join(folder, "admin-web", `${DEBUG_IDS.admin}.map`), map("secret-of-admin"));
  writeFileSync(join(folder, `${DEBUG_IDS.outside}.map`), map("secret-outside"));
}

/** @returns what is wrong with the answer; undefined if nothing is. */
async function strike(port: number, attack: Attack, n: number): Promise<string | undefined> {
  const [end] = attack.ends;
  const status = end && OUTCOMES[end].status;
  if (attack.kind === "request") {
    const answer = await send(port, attack.request(n));
    if (answer.status !== status) return `answered ${answer.status} ${answer.reason ?? ""}`;
    if (answer.status >= 400 && answer.reason !== end) return `refused as ${answer.reason}`;
    return answer.body === "" ? undefined : "an answer with a body";
  }
  const text = await exchange(port, attack.bytes(n), attack.closes === true);
  if (status === undefined) return text === "" ? undefined : `answered ${text.slice(0, 40)}`;
  return text.startsWith(`HTTP/1.1 ${status} `) ? undefined : `answered ${text.slice(0, 40)}`;
}

async function exchange(port: number, bytes: string | Buffer, closes: boolean): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  const answer = readToEnd(socket);
  const data = typeof bytes === "string" ? Buffer.from(bytes, "latin1") : bytes;
  if (closes) socket.end(data);
  else socket.write(data);
  return await answer;
}

function forwarded(address: string): Record<string, string> {
  return {
    origin: "https://shop.example",
    "content-type": "text/plain",
    "x-forwarded-for": address,
  };
}

/** Health checks are counted, too. */
async function totals(health: () => Promise<Record<string, unknown>>): Promise<Counts> {
  const { health: _checks, ...others } = (await health())["requests"] as Counts;
  return others;
}

function sum(counts: Counts): number {
  return Object.values(counts).reduce((all, each) => all + each, 0);
}

/** Kinds beside one another, the same in every run. */
function mixed<T>(items: readonly T[]): T[] {
  let state = 7;
  return items
    .map((item) => {
      state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
      return { item, place: state };
    })
    .sort((left, right) => left.place - right.place)
    .map(({ item }) => item);
}

async function inTurns<T>(items: readonly T[], run: (item: T) => Promise<void>): Promise<void> {
  const rest = [...items];
  await Promise.all(
    Array.from({ length: AT_A_TIME }, async () => {
      for (let item = rest.pop(); item !== undefined; item = rest.pop()) await run(item);
    }),
  );
}
