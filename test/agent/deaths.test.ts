import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { until } from "../harness/until.ts";
import type { AgentProcess } from "./agent-process.ts";
import { createObserver, type Observer } from "./observer.ts";
import { type Rig, startRig, type WriterOptions, whyNoRig } from "./rig.ts";

const reason = whyNoRig();
const MEMORY_BYTES = 24 * 1024 * 1024;

describe.skipIf(reason !== undefined)(`deaths${reason ? ` (${reason})` : ""}`, () => {
  let rig: Rig;
  let agent: AgentProcess;
  let observer: Observer;

  beforeAll(async () => {
    rig = await startRig();
    agent = await rig.agent("agent", { config: { docker: { statsIntervalMillis: 1_000 } } });
    await agent.up();
    observer = createObserver(rig);
  });
  afterAll(() => rig?.dispose());

  const writer = (name: string, ...flags: string[]): WriterOptions => ({
    name,
    command: ["lines", ...rig.counters.flagOf(`life-${name}`), "-rate", "100", ...flags],
  });
  const untilWriting = (name: string): Promise<unknown> =>
    until("some lines", () => rig.counters.written(`life-${name}`).finished >= 20);

  it.each([
    {
      name: "fails",
      flags: ["-count", "30", "-end", "exit", "-code", "1"],
      expected: { exit_code: "1", verdict: "unknown" },
    },
    {
      name: "panics",
      flags: ["-count", "30", "-end", "panic"],
      expected: { exit_code: "2", verdict: "uncaught", exception_type: "panic" },
    },
    {
      name: "eats",
      flags: ["-count", "30", "-end", "oom"],
      memoryBytes: MEMORY_BYTES,
      expected: { exit_code: "137", verdict: "oom_proven" },
    },
  ])("one that $name leaves one crash record", async ({ name, flags, memoryBytes, expected }) => {
    const id = await rig.run({ ...writer(name, ...flags), ...(memoryBytes && { memoryBytes }) });
    await rig.docker.wait(id);
    const [crash, ...more] = await observer.untilRecords(name, "crash", 1);
    expect(more).toEqual([]);
    expect(crash?.fields).toMatchObject({
      ...expected,
      source: "agent",
      run: "1",
      severity_text: "FATAL",
    });
    expect(crash?.fields["crash_id"]).toContain(id.slice(0, 12));
    expect(crash?.fields["evidence"]).toMatch(/\S/);
    expect(crash?.text).toContain(`life-${name} 30 `);
    await observer.untilComplete(name, `life-${name}`);
  });

  it("tells a kill from outside, and how long it lived", async () => {
    const id = await rig.run(writer("killed", "-end", "stay"));
    await untilWriting("killed");
    const { State } = await rig.docker.inspect(id);
    await rig.docker.killProcess(id);
    await rig.docker.wait(id);
    const [crash] = await observer.untilRecords("killed", "crash", 1);
    expect(crash?.fields).toMatchObject({ exit_code: "137", verdict: "killed", signal: "SIGKILL" });
    expect(crash?.fields["planned"]).toBeUndefined();
    const startedAt = Number(crash?.fields["started_at"]);
    expect(Math.abs(startedAt - Date.parse(State.StartedAt))).toBeLessThan(2_000);
    expect(Number(crash?.fields["died_at"])).toBeGreaterThan(startedAt);
  });

  it("knows that somebody asked Docker to stop it", async () => {
    const id = await rig.run(writer("stopped", "-end", "stay", "-count", "30"));
    await untilWriting("stopped");
    await rig.docker.stop(id, 10);
    const [crash] = await observer.untilRecords("stopped", "crash", 1);
    expect(crash?.fields).toMatchObject({ planned: "true", severity_text: "INFO" });
  });

  it("tells the death of a container that ignored SIGTERM", async () => {
    const id = await rig.run(writer("deaf", "-end", "stay", "-count", "30", "-ignore-term"));
    await untilWriting("deaf");
    await rig.docker.stop(id, 1);
    const [crash] = await observer.untilRecords("deaf", "crash", 1);
    expect(crash?.fields).toMatchObject({ exit_code: "137", planned: "true" });
  });

  it("numbers the runs of a container that Docker starts again and again", async () => {
    const options = writer("loop", "-go-on", "-count", "10", "-end", "exit", "-code", "1");
    const id = await rig.run({ ...options, restart: "always" });
    const { RestartCount } = await until("four restarts", async () => {
      const inspected = await rig.docker.inspect(id);
      return inspected.RestartCount >= 4 && inspected;
    });
    const crashes = await observer.untilRecords("loop", "crash", RestartCount);
    const runs = crashes.map(({ fields }) => Number(fields["run"]));
    expect(runs).toEqual(runs.map((_, index) => index + 1));
    expect(crashes.at(-1)?.fields["restart_loop"]).toBe("true");
    await rig.docker.stop(id, 1);
    expect(await observer.untilComplete("loop", "life-loop")).toMatchObject({ doubled: 0 });
  });

  it("tells of a death that happened while the agent was down, once", async () => {
    const id = await rig.run(writer("unseen", "-end", "stay"));
    await untilWriting("unseen");
    await agent.end("SIGKILL");
    await rig.docker.killProcess(id);
    await rig.docker.wait(id);
    await agent.up();
    await observer.untilRecords("unseen", "crash", 1);
    await agent.end("SIGTERM");
    await agent.up();
    await observer.untilComplete("unseen", "life-unseen");
    const crashes = await observer.records("unseen", "crash");
    expect(crashes.map(({ fields }) => fields["verdict"])).toEqual(["killed"]);
  });
});
