import { execFileSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { until } from "../harness/until.ts";
import type { AgentProcess } from "./agent-process.ts";
import { createObserver, droppedOf, type Observer } from "./observer.ts";
import { type Rig, startRig, whyNoRig } from "./rig.ts";
import { createTally } from "./tally.ts";

const reason = whyNoRig();

describe.skipIf(reason !== undefined)(`a damaged journal${reason ? ` (${reason})` : ""}`, () => {
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
  afterEach(() => {
    expect(agent.unexpectedEnd()).toBeUndefined();
  });

  const written = (name: string): number => rig.counters.written(`life-${name}`).finished;
  const start = (name: string, ...flags: string[]): Promise<string> =>
    rig.run({
      name,
      command: ["lines", ...rig.counters.flagOf(`life-${name}`), "-rate", "200", ...flags],
    });
  const untilWritten = (name: string, count: number): Promise<unknown> =>
    until(`${count} lines of ${name}`, () => written(name) >= count);
  const files = (): string[] =>
    readdirSync(agent.journal, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));

  /** Lines that are in the journal only: the collector is away, and the agent is killed. */
  async function fillJournal(name: string): Promise<string> {
    await rig.receivers.collector.end("SIGKILL");
    const id = await start(name, "-count", "400");
    await rig.docker.wait(id);
    await until("the lines to be in the journal", async () => {
      const accounts = await agent.accounts();
      return accounts.some(
        ({ life, readLines }) => id.startsWith(life.slice(0, 12)) && readLines === 400,
      );
    });
    await until("several files in the journal", () => files().length >= 3);
    await agent.end("SIGKILL");
    await rig.receivers.collector.up();
    return id;
  }

  /** Nothing is lost in silence: what is not stored is counted, or said to be uncountable. */
  async function expectNoSilentLoss(name: string, id: string): Promise<void> {
    await until(
      "every line to be stored or counted as lost",
      async () => {
        const accounts = await observer.untilSettled(agent, id);
        const counted = accounts.reduce((sum, account) => sum + droppedOf(account), 0);
        const unknown = accounts.reduce((sum, { unknownGaps }) => sum + unknownGaps, 0);
        const tally = createTally();
        for (const { text } of await observer.records(name)) tally.add(text);
        const { lost, doubled } = tally.judge(`life-${name}`, rig.counters.written(`life-${name}`));
        expect(doubled).toBe(0);
        if (unknown > 0 || lost === counted) return true;
        throw new Error(`lost ${lost}, counted ${JSON.stringify(accounts)}; ${agent.log()}`);
      },
      20_000,
    );
  }

  it("stores what a killed agent left in a journal that is whole", async () => {
    await fillJournal("whole");
    await agent.up();
    expect(await observer.untilComplete("whole", "life-whole")).toMatchObject({ doubled: 0 });
  });

  it("takes a journal whose files are torn in the middle", async () => {
    const id = await fillJournal("torn");
    for (const file of files()) truncateSync(file, Math.floor(statSync(file).size / 2));
    await agent.up();
    await expectNoSilentLoss("torn", id);
    expect((await observer.untilRecords("torn", "crash", 1)).length).toBeGreaterThan(0);
  });

  it("takes a journal of nonsense, and one of a later version", async () => {
    const id = await fillJournal("nonsense");
    for (const file of files()) writeFileSync(file, '{"version":99,"positions":{"x":[]}}\n');
    writeFileSync(join(agent.journal, "stranger.txt"), Buffer.from([0, 255, 1, 254]));
    mkdirSync(join(agent.journal, "folder"), { recursive: true });
    await agent.up();
    await expectNoSilentLoss("nonsense", id);
    expect((await observer.untilRecords("nonsense", "crash", 1)).length).toBeGreaterThan(0);
  });

  it("loses and doubles none where the journal is an old copy", async () => {
    const id = await start("old", "-count", "1000");
    await untilWritten("old", 200);
    await agent.end("SIGTERM");
    const copy = join(rig.directory, "old-journal");
    cpSync(agent.journal, copy, { recursive: true });
    await agent.up();
    await untilWritten("old", 700);
    await agent.end("SIGTERM");
    rmSync(agent.journal, { recursive: true });
    cpSync(copy, agent.journal, { recursive: true });
    await agent.up();
    await rig.docker.wait(id);
    const judgement = await observer.untilComplete("old", "life-old");
    expect(judgement).toMatchObject({ lost: 0, doubled: 0 });
  });

  it("says that it cannot write its journal, and loses none once it can", async () => {
    await agent.end("SIGTERM");
    const mount = (...args: string[]): void => void execFileSync("mount", args);
    mount("--bind", agent.journal, agent.journal);
    try {
      mount("-o", "remount,bind,ro", agent.journal);
      await agent.up();
      const id = await start("readonly", "-count", "200");
      await rig.docker.wait(id);
      await until("health to name the trouble", async () => {
        const { journal } = JSON.parse((await agent.health()).text);
        return /read-only|EROFS/i.test(String(journal.lastError));
      });
      mount("-o", "remount,bind,rw", agent.journal);
      const judgement = await observer.untilComplete("readonly", "life-readonly");
      expect(judgement).toMatchObject({ lost: 0, doubled: 0 });
    } finally {
      await agent.end("SIGTERM");
      execFileSync("umount", [agent.journal]);
      await agent.up();
    }
  });
});
