import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { until } from "../harness/until.ts";
import type { AgentProcess } from "./agent-process.ts";
import { type FaultyProxy, type ProxyMode, startFaultyProxy } from "./faulty-proxy.ts";
import { createObserver, type Observer } from "./observer.ts";
import { type Rig, startRig, type WriterOptions, whyNoRig } from "./rig.ts";

const reason = whyNoRig();

describe.skipIf(reason !== undefined)(`a bad engine${reason ? ` (${reason})` : ""}`, () => {
  let rig: Rig;
  let agent: AgentProcess;
  let proxy: FaultyProxy;
  let observer: Observer;

  beforeAll(async () => {
    rig = await startRig();
    proxy = await startFaultyProxy(rig.engine.host);
    agent = await rig.agent("agent", { dockerUrl: proxy.url });
    await agent.up();
    observer = createObserver(rig);
  });
  afterAll(async () => {
    await agent?.end("SIGKILL");
    await proxy?.close();
    await rig?.dispose();
  });
  afterEach(() => {
    expect(agent.unexpectedEnd()).toBeUndefined();
  });

  const written = (name: string): number => rig.counters.written(`life-${name}`).finished;
  const writer = (name: string, ...flags: string[]): WriterOptions => ({
    name,
    command: ["lines", ...rig.counters.flagOf(`life-${name}`), "-rate", "100", ...flags],
  });
  const untilWritten = (name: string, count: number): Promise<unknown> =>
    until(`${count} lines of ${name}`, () => written(name) >= count);
  const expectAllOnce = async (name: string): Promise<void> => {
    const { lost, doubled } = await observer.untilComplete(name, `life-${name}`, 60_000);
    expect({ name, lost, doubled }).toEqual({ name, lost: 0, doubled: 0 });
  };

  it.each<ProxyMode>(["refuse", "garbage", "lie", "cut", "hang"])(
    "loses and doubles none where the engine's answers %s for a while",
    async (mode) => {
      const id = await rig.run(writer(mode, "-for", "6s", "-end", "exit", "-code", "1"));
      await untilWritten(mode, 100);
      proxy.setMode(mode);
      await until("the agent to try again", () => proxy.connections() >= 2);
      // One that is born and dies meanwhile.
      const short = `${mode}-short`;
      const shortId = await rig.run(writer(short, "-count", "20"));
      await rig.docker.wait(shortId);
      await untilWritten(mode, 300);
      proxy.setMode("pass");
      await rig.docker.wait(id);
      await expectAllOnce(mode);
      await expectAllOnce(short);
      const crashes = await observer.untilRecords(mode, "crash", 1);
      expect(crashes.map(({ fields }) => fields["exit_code"])).toEqual(["1"]);
      await observer.untilRecords(short, "crash", 1);
    },
  );

  it("goes on where the engine itself hangs for a while", async () => {
    const id = await rig.run(writer("hangs", "-for", "4s"));
    await untilWritten("hangs", 50);
    rig.engineProcess.suspend();
    try {
      // The pipe to the engine takes some lines more before the writer has to wait.
      await untilWritten("hangs", 200);
    } finally {
      rig.engineProcess.resume();
    }
    await rig.docker.wait(id);
    await expectAllOnce("hangs");
  });

  it("goes on when the engine is restarted under it", async () => {
    const id = await rig.run({ ...writer("reborn", "-go-on", "-end", "stay"), restart: "always" });
    await untilWritten("reborn", 50);
    const before = written("reborn");
    await rig.engineProcess.restart();
    await untilWritten("reborn", before + 100);
    await rig.docker.remove(id);
    await expectAllOnce("reborn");
    const crashes = await observer.untilRecords("reborn", "crash", 2);
    expect(crashes.map(({ fields }) => fields["run"])).toEqual(["1", "2"]);
  });

  it("begins where there is no engine yet", async () => {
    await agent.end("SIGTERM");
    proxy.setMode("hang");
    await agent.up();
    const id = await rig.run(writer("later", "-count", "50"));
    await rig.docker.wait(id);
    proxy.setMode("pass");
    await expectAllOnce("later");
  });
});
