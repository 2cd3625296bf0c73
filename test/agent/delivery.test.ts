import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { until } from "../harness/until.ts";
import type { AgentProcess } from "./agent-process.ts";
import { createObserver, droppedOf, type Observer } from "./observer.ts";
import { type Rig, startRig, whyNoRig } from "./rig.ts";
import { importWriter, WRITER_REPOSITORY } from "./writer.ts";

const reason = whyNoRig();

describe.skipIf(reason !== undefined)(`lines of containers${reason ? ` (${reason})` : ""}`, () => {
  let rig: Rig;
  let agent: AgentProcess;
  let observer: Observer;

  beforeAll(async () => {
    rig = await startRig();
    agent = await rig.agent("agent");
    await agent.up();
    observer = createObserver(rig);
  });
  afterAll(() => rig?.dispose());

  const lines = (life: string, ...flags: string[]): string[] => [
    "lines",
    ...rig.counters.flagOf(life),
    ...flags,
  ];
  const names = (prefix: string, count: number): string[] =>
    Array.from({ length: count }, (_, index) => `${prefix}-${index}`);

  /** Containers that write for a while, as others go on with them. */
  async function startWriters(prefix: string, count: number, period: string): Promise<string[]> {
    return Promise.all(
      names(prefix, count).map((name) =>
        rig.run({
          name,
          command: lines(`life-${name}`, "-rate", "100", "-for", period, "-stream", "both"),
        }),
      ),
    );
  }

  async function expectAllOnce(prefix: string, ids: readonly string[]): Promise<void> {
    await Promise.all(ids.map((id) => rig.docker.wait(id)));
    for (const [index, name] of names(prefix, ids.length).entries()) {
      const { lost, doubled } = await observer.untilComplete(name, `life-${name}`);
      expect({ name, lost, doubled }).toEqual({ name, lost: 0, doubled: 0 });
      const accounts = await observer.untilSettled(agent, ids[index] ?? "");
      expect(accounts).toHaveLength(1);
      expect(accounts[0]).toMatchObject({ service: name, droppedLines: {}, unknownGaps: 0 });
      expect(accounts[0]?.acknowledgedLines).toBe(rig.counters.written(`life-${name}`).finished);
    }
  }

  it("keeps every line of containers that live 50 ms", async () => {
    const ids = await Promise.all(
      names("short", 10).map((name) =>
        rig.run({ name, command: lines(`life-${name}`, "-rate", "1000", "-for", "50ms") }),
      ),
    );
    await expectAllOnce("short", ids);
  });

  it("keeps the last line of containers that are removed by force right after it", async () => {
    const removed = names("removed", 5).map(async (name) => {
      const flags = ["-rate", "200", "-count", "60", "-end", "stay"];
      const id = await rig.run({ name, command: lines(`life-${name}`, ...flags) });
      while (rig.counters.written(`life-${name}`).finished < 60) await delay(2);
      await rig.docker.remove(id);
    });
    await Promise.all(removed);
    for (const name of names("removed", 5)) {
      const { lost, doubled } = await observer.untilComplete(name, `life-${name}`);
      expect({ name, lost, doubled }).toEqual({ name, lost: 0, doubled: 0 });
    }
  });

  it.each(["SIGTERM", "SIGKILL"] as const)(
    "loses and doubles none when the agent gets %s in the middle, twice",
    async (signal) => {
      const prefix = signal.toLowerCase();
      const ids = await startWriters(prefix, 5, "4s");
      for (const count of [60, 180]) {
        await until("some lines", () => rig.counters.written(`life-${prefix}-0`).finished >= count);
        await agent.end(signal);
        await agent.up();
      }
      await expectAllOnce(prefix, ids);
    },
  );

  it("loses and doubles none while the collector is away", async () => {
    const ids = await startWriters("away", 5, "4s");
    await until("some lines", () => rig.counters.written("life-away-0").finished >= 50);
    await rig.receivers.collector.end("SIGKILL");
    const before = rig.counters.written("life-away-0").finished;
    await until("more", () => rig.counters.written("life-away-0").finished >= before + 150);
    await rig.receivers.collector.up();
    await expectAllOnce("away", ids);
  });

  it("says in its health that the collector does not take anything, and recovers", async () => {
    await rig.receivers.collector.end("SIGKILL");
    const ids = await startWriters("unwell", 1, "1s");
    try {
      const { journal } = await until("health to name the trouble", async () => {
        const health = JSON.parse((await agent.health()).text);
        return health.journal?.lastError !== undefined && health;
      });
      expect(journal.waitingRecords).toBeGreaterThan(0);
    } finally {
      await rig.receivers.collector.up();
    }
    await expectAllOnce("unwell", ids);
    await until("health to be fine", async () => {
      const { journal } = JSON.parse((await agent.health()).text);
      return journal.lastError === undefined && journal.waitingRecords === 0;
    });
  });

  it("keeps the two streams of a container apart, and their order", async () => {
    const flags = ["-rate", "500", "-count", "200", "-stream", "both"];
    const id = await rig.run({ name: "both", command: lines("life-both", ...flags) });
    await rig.docker.wait(id);
    await observer.untilComplete("both", "life-both");
    const records = await observer.records("both");
    for (const [stream, rest] of [
      ["stdout", 1],
      ["stderr", 0],
    ] as const) {
      const numbers = records
        .filter(({ fields }) => fields["log_iostream"] === stream)
        .map(({ text }) => Number(text.split(" ")[1]));
      expect(numbers).toEqual(
        Array.from({ length: 200 }, (_, index) => index + 1).filter((n) => n % 2 === rest),
      );
    }
  });

  it("goes on with the service when a container is replaced under its name", async () => {
    importWriter(rig.engine, `${WRITER_REPOSITORY}:2.0.0`);
    const flags = ["-rate", "100", "-count", "50", "-end", "stay"];
    const first = await rig.run({ name: "shop", command: lines("life-shop-1", ...flags) });
    await observer.untilComplete("shop", "life-shop-1");
    await rig.docker.remove(first);
    const image = `${WRITER_REPOSITORY}:2.0.0`;
    await rig.run({ name: "shop", image, command: lines("life-shop-2", ...flags) });
    const judgement = await observer.untilComplete("shop", "life-shop-2");
    expect(judgement).toMatchObject({ lost: 0, doubled: 0 });

    const deploys = await observer.untilRecords("shop", "deploy", 2);
    expect(deploys.at(-1)?.fields).toMatchObject({ from: "1.0.0", to: "2.0.0" });
    const runs = (await observer.records("shop")).map(({ text, fields }) => ({
      life: text.split(" ")[0],
      run: fields["run"],
      release: fields["service_version"],
    }));
    expect(runs).toContainEqual({ life: "life-shop-1", run: "1", release: "1.0.0" });
    expect(runs).toContainEqual({ life: "life-shop-2", run: "2", release: "2.0.0" });
    expect(runs).toHaveLength(100);
  });

  it("accounts for all that was written", async () => {
    const accounts = await agent.accounts();
    expect(accounts.length).toBeGreaterThan(20);
    for (const account of accounts) expect(droppedOf(account)).toBe(0);
  });
});
