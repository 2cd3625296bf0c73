import { readFileSync } from "node:fs";
import type { Verdict } from "@sightline/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { importWriter, WRITER_IMAGE, whyNoWriter } from "../../../../test/agent/writer.ts";
import { type Engine, startEngine, whyNoEngine } from "../../../../test/docker/engine.ts";
import { until } from "../../../../test/harness/until.ts";
import type { AskedSignal, DeathFacts } from "../../src/deaths/death-facts.ts";
import { judgeDeath } from "../../src/deaths/judge-death.ts";
import type { ContainerInspect, ContainerStats, DockerEvent } from "../../src/docker/api-types.ts";
import { createDockerClient, type DockerClient } from "../../src/docker/docker-client.ts";
import { findLastException } from "../../src/lines/parse/last-exception.ts";
import { toContainerSample } from "../../src/resources/container-sample.ts";

const reason = whyNoEngine() ?? whyNoWriter();

describe.skipIf(reason !== undefined)(
  `on a real Docker engine${reason ? ` (${reason})` : ""}`,
  () => {
    let engine: Engine;
    let client: DockerClient;
    beforeAll(async () => {
      engine = await startEngine();
      importWriter(engine);
      client = createDockerClient({
        kind: "socket",
        socketPath: engine.host.replace("unix://", ""),
      });
    }, 120_000);
    afterAll(() => engine?.dispose(), 120_000);

    const docker = (...args: string[]): string => engine.run("docker", args).trim();
    const start = (name: string, extra: string[], ...command: string[]): string =>
      docker("run", "-d", "--network=none", `--name=${name}`, ...extra, WRITER_IMAGE, ...command);
    const inspect = (name: string): ContainerInspect => JSON.parse(docker("inspect", name))[0];
    /** Lives, until somebody ends it. */
    const STAY = ["text", "-end", "stay", "ready"];

    /** What the agent would know of the only run of a container, from Docker alone. */
    function factsOf(name: string): DeathFacts {
      const until = String(Date.now() / 1_000 + 0.1);
      const printed = docker(
        "events",
        "--since=1h",
        `--until=${until}`,
        `--filter=container=${name}`,
        "--format={{json .}}",
      );
      const events = printed
        .split("\n")
        .filter(Boolean)
        .map((line) => JSON.parse(line) as DockerEvent);
      const find = (action: string): DockerEvent | undefined =>
        events.find((e) => e.Action === action);
      const millis = (event: DockerEvent | undefined): number =>
        Math.floor((event?.timeNano ?? 0) / 1e6);
      const asked = events.flatMap((event): AskedSignal[] =>
        event.Action === "kill"
          ? [{ signal: event.Actor.Attributes["signal"] ?? "", atMillis: millis(event) }]
          : [],
      );
      const isGone = find("destroy") !== undefined;
      const oom = find("oom");
      return {
        exitCode: Number(find("die")?.Actor.Attributes["exitCode"]),
        startedAtMillis: millis(find("start")),
        diedAtMillis: millis(find("die")),
        asked,
        isStopSeen: find("stop") !== undefined,
        oomEventAtMillis: oom && millis(oom),
        isOomKilled: isGone ? undefined : inspect(name).State.OOMKilled,
        exception: isGone ? undefined : findLastException(printedBy(name)),
      };
    }

    function printedBy(name: string): string[] {
      const answer = engine.run("sh", ["-c", `docker logs ${name} 2>&1`]);
      return answer.split("\n");
    }

    interface Case {
      readonly name: string;
      readonly extra?: string[];
      readonly command: string[];
      /** Ends what does not end by itself. */
      readonly end?: (name: string) => unknown;
      readonly verdict: Verdict;
      readonly planned: boolean;
      readonly says: string;
    }

    const CASES: Case[] = [
      {
        name: "good-end",
        command: ["nothing"],
        verdict: "clean",
        planned: false,
        says: "exit code 0",
      },
      {
        name: "own-code",
        command: ["nothing", "-code", "7"],
        verdict: "unknown",
        planned: false,
        says: "exit code 7",
      },
      {
        name: "panic",
        command: ["nothing", "-end", "panic"],
        verdict: "uncaught",
        planned: false,
        says: "exit code 2; panic",
      },
      {
        name: "oom",
        extra: ["--memory=16m", "--memory-swap=16m"],
        command: ["nothing", "-end", "oom"],
        verdict: "oom_proven",
        planned: false,
        says: "exit code 137 (SIGKILL); Docker",
      },
      {
        name: "stop",
        command: STAY,
        end: (name) => docker("stop", name),
        verdict: "clean",
        planned: true,
        says: "asked to send SIGTERM",
      },
      {
        name: "stubborn",
        command: ["text", "-end", "stay", "-ignore-term", "ready"],
        end: (name) => docker("stop", "-t", "1", name),
        verdict: "killed",
        planned: true,
        says: "it did not end in the time that Docker gave it",
      },
      {
        name: "removed",
        command: STAY,
        end: (name) => docker("rm", "-f", name),
        verdict: "killed",
        planned: true,
        says: "asked to send SIGKILL",
      },
      {
        name: "killed-by-docker",
        command: STAY,
        end: (name) => docker("kill", name),
        verdict: "killed",
        planned: true,
        says: "asked to send SIGKILL",
      },
      {
        name: "killed-on-the-host",
        command: STAY,
        end: (name) => process.kill(inspect(name).State.Pid ?? 0, "SIGKILL"),
        verdict: "killed",
        planned: false,
        says: "Docker was not asked to",
      },
    ];

    it.each(CASES)("$name is $verdict (planned: $planned)", async (given) => {
      const id = start(given.name, given.extra ?? [], ...given.command);
      if (given.end) {
        // Only who is running its own code can be asked to end.
        await until("it to be ready", () => printedBy(given.name).includes("ready"));
        given.end(given.name);
      }
      await ended(id);
      const judgement = judgeDeath(factsOf(given.name));
      expect(judgement).toMatchObject({ verdict: given.verdict, planned: given.planned });
      expect(judgement.evidence).toContain(given.says);
    });

    it("the statistics tell the CPU time that the kernel tells, and the limits that were set", async () => {
      const id = start(
        "busy",
        ["--memory=64m", "--pids-limit=50"],
        "lines",
        "-rate",
        "50000",
        "-for",
        "60s",
      );
      const pid = inspect("busy").State.Pid ?? 0;
      await until("it to have used some CPU", () => cpuSecondsOf(pid) >= 0.3);
      const before = cpuSecondsOf(pid);
      const sample = toContainerSample(await statsOf(id));
      const after = cpuSecondsOf(pid);
      // What started the process is counted with the container too; the kernel tells ticks of 10 ms.
      expect(sample?.cpuTotalSeconds).toBeGreaterThanOrEqual(before - 0.03);
      expect(sample?.cpuTotalSeconds).toBeLessThanOrEqual(after + 0.5);
      const { user = 0, system = 0 } = sample?.cpuModes ?? {};
      expect(user + system).toBeGreaterThan(0.1);
      expect(sample?.memoryLimitBytes).toBe(64 * 1_048_576);
      expect(sample?.workingSetBytes).toBeGreaterThan(100_000);
      expect(sample?.workingSetBytes).toBeLessThanOrEqual(sample?.memoryBytes ?? 0);
      expect(sample?.pids).toBeGreaterThanOrEqual(1);
      docker("kill", "busy");
      await ended(id);
      expect(toContainerSample(await statsOf(id))).toBeUndefined();
    });

    it("a container without a limit has none, although Docker reports the host's memory as one", async () => {
      const id = start("free", [], ...STAY);
      const hostMemoryBytes = Number(docker("info", "--format={{.MemTotal}}"));
      const stats = await statsOf(id);
      docker("rm", "-f", "free");
      expect(stats.memory_stats.limit).toBe(hostMemoryBytes);
      expect(toContainerSample(stats, hostMemoryBytes)?.memoryLimitBytes).toBeUndefined();
    });

    async function ended(id: string): Promise<void> {
      const running = (): string => docker("ps", "-q", `--filter=id=${id}`);
      await until("its end", () => running() === "");
    }

    async function statsOf(id: string): Promise<ContainerStats> {
      const answer = await client.stats(id);
      if (answer.status !== "ok") throw new Error(JSON.stringify(answer));
      return answer.value;
    }
  },
);

/** User and system time of a process, all its threads. */
function cpuSecondsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
