import { existsSync } from "node:fs";
import { join } from "node:path";
import { CANARY_SERVICE_NAME, PROMETHEUS } from "@sightline/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  noPrometheus,
  type PrometheusServer,
  startPrometheus,
} from "../../packages/agent/test/metrics/prometheus-server.ts";
import { makeAgentImage } from "../docker/agent-images.ts";
import { until } from "../harness/until.ts";
import type { AgentProcess } from "./agent-process.ts";
import { createObserver, type Observer } from "./observer.ts";
import { type Rig, startRig, whyNoRig } from "./rig.ts";

const IMAGE = "sightline/agent:test";
/** Four or five lines of the canary: what is older is gone. */
const TINY_LOG = ["--log-opt", "max-size=1k", "--log-opt", "max-file=1"];

interface CanaryRun {
  readonly name: string;
  readonly service: string;
  readonly missingAfter: string;
  readonly docker?: readonly string[];
}

/** Longer than what the first test takes away, and than what the second needs for a gap. */
const LOSER: CanaryRun = {
  name: "loser",
  service: "loser",
  missingAfter: "25s",
  docker: TINY_LOG,
};
/** Is gone before it calls anything missing. */
const REMOVED: CanaryRun = {
  name: "removed",
  service: "removed",
  missingAfter: "60s",
  docker: TINY_LOG,
};
const NEXT: CanaryRun = { name: "next", service: "removed", missingAfter: "25s" };

const reason = whyNoRig() ?? noPrometheus;

/** The engine leaves the host's network mounted in its folder, which could then not be removed. */
function leaveHostNetwork({ engine }: Rig): void {
  const ids = engine.run("docker", ["ps", "--all", "--quiet"]).split("\n").filter(Boolean);
  if (ids.length > 0) engine.run("docker", ["rm", "-f", ...ids]);
  const mounted = join(engine.directory, "exec/netns/default");
  if (existsSync(mounted)) engine.run("umount", [mounted]);
}

// In order: the engine, the agent and Loki go on from one test to the next.
describe.skipIf(reason !== undefined)(`the canary${reason ? ` (${reason})` : ""}`, () => {
  let rig: Rig;
  let agent: AgentProcess;
  let observer: Observer;
  let prometheus: PrometheusServer;

  beforeAll(async () => {
    [rig, prometheus] = await Promise.all([startRig(), startPrometheus()]);
    makeAgentImage(rig.engine, IMAGE);
    agent = await rig.agent("agent");
    await agent.up();
    observer = createObserver(rig);
  });
  afterAll(async () => {
    await prometheus?.stop();
    if (rig) leaveHostNetwork(rig);
    await rig?.dispose();
  });

  /** As in docker-compose.yml, save the network: Loki is on the host here. */
  function startCanary({ name, service, missingAfter, docker = [] }: CanaryRun): void {
    const env = {
      SIGHTLINE_LOKI_URL: rig.receivers.lokiUrl,
      // Straight to the store: the test takes the collector away, and goes on reading.
      OTEL_EXPORTER_OTLP_ENDPOINT: prometheus.otlpUrl,
      OTEL_SERVICE_NAME: service,
      OTEL_METRIC_EXPORT_INTERVAL: "1000",
      // Each a series of its own, as each is a process of its own that counts from 0.
      SIGHTLINE_HOST: name,
    };
    rig.engine.run("docker", [
      ...["run", "--detach", "--name", name, "--network=host", "--read-only", "--cap-drop=ALL"],
      ...["--label", `sightline.service=${service}`],
      ...Object.entries(env).flatMap(([key, value]) => ["--env", `${key}=${value}`]),
      ...docker,
      ...[IMAGE, "canary", "--query-every", "500ms", "--late-after", "3s"],
      ...["--missing-after", missingAfter],
    ]);
  }

  async function query(promql: string): Promise<number> {
    const [sample] = await prometheus.query(promql);
    return Number(sample?.value?.[1] ?? 0);
  }

  const lines = (name: string, state: string): Promise<number> =>
    query(`${PROMETHEUS.canaryLines}{host_name="${name}",state="${state}"}`);

  async function counts(name: string): Promise<Record<string, number>> {
    const samples = await prometheus.query(`${PROMETHEUS.canaryLines}{host_name="${name}"}`);
    return Object.fromEntries(
      samples.map(({ metric, value }) => [metric["state"], Number(value?.[1])]),
    );
  }

  const untilLines = (name: string, state: string, count: number): Promise<number> =>
    until(`${count} lines of ${name} that are ${state}`, async () => {
      const found = await lines(name, state);
      return found >= count && found;
    });

  /** Numbers that are stored, by run. */
  async function storedNumbers(service: string): Promise<Map<string, number[]>> {
    const runs = new Map<string, number[]>();
    for (const { text } of await observer.records(service)) {
      const [, run, number] = /^sightline canary (\w+) (\d+)$/.exec(text) ?? [];
      if (run !== undefined) runs.set(run, [...(runs.get(run) ?? []), Number(number)]);
    }
    return runs;
  }

  const highest = async (service: string): Promise<number> =>
    Math.max(0, ...[...(await storedNumbers(service)).values()].flat());

  /** Between the lowest and the highest number of a run. */
  function countGaps(numbers: readonly number[]): number {
    return Math.max(...numbers) - Math.min(...numbers) + 1 - new Set(numbers).size;
  }

  it("finds its lines, and sees a collector that was away as delay and not as loss", async () => {
    const name = "canary";
    startCanary({ name, service: CANARY_SERVICE_NAME, missingAfter: "60s" });
    // For the next test: each start takes a while.
    for (const run of [LOSER, REMOVED]) startCanary(run);
    await untilLines(name, "found", 3);
    const slow = `sum(${PROMETHEUS.canaryDelayCount}{host_name="${name}"}) - sum(${PROMETHEUS.canaryDelayBucket}{host_name="${name}",le=~"3([.]0)?"})`;
    const before = await counts(name);

    await rig.receivers.collector.end("SIGKILL");
    const atOutage = await lines(name, "written");
    await untilLines(name, "written", atOutage + 6);
    const late = await untilLines(name, "late", (before["late"] ?? 0) + 2);
    await rig.receivers.collector.up();

    const { written } = await until("all to be found again", async () => {
      const now = await counts(name);
      return (now["found"] ?? 0) >= atOutage + 6 && now;
    });
    expect(written).toBeGreaterThanOrEqual(atOutage + 6);
    expect(await counts(name)).toMatchObject({ missing: 0, recovered: 0, doubled: 0, unknown: 0 });
    await until("the delays to show it", async () => (await query(slow)) >= late);
    const age = `time() - ${PROMETHEUS.canaryLastFound}{host_name="${name}"}`;
    await until("the newest line to be found", async () => (await query(age)) < 5);
    rig.engine.run("docker", ["rm", "-f", name]);
  });

  it("counts as missing what was lost, also what a run before it has lost", async () => {
    for (const { name } of [LOSER, REMOVED]) await untilLines(name, "found", 2);

    await agent.end("SIGTERM");
    const written = await lines("removed", "written");
    await untilLines("removed", "written", written + 7);
    await agent.up();
    await until("lines behind the gap", async () => (await highest("removed")) > written + 7);
    rig.engine.run("docker", ["rm", "-f", "removed"]);
    startCanary(NEXT);

    const [numbers = []] = (await storedNumbers("loser")).values();
    const lost = countGaps(numbers);
    expect(lost).toBeGreaterThan(0);
    expect(await untilLines("loser", "missing", lost)).toBe(lost);
    expect(await counts("loser")).toMatchObject({ recovered: 0, doubled: 0, unknown: 0 });
    expect((await counts("loser"))["late"]).toBeGreaterThanOrEqual(lost);

    // As docs/agent.md has it.
    const gained = (state: string): string =>
      `increase(${PROMETHEUS.canaryLines}{host_name="loser",state="${state}"}[1h])`;
    const loss = `sum by (host_name) (${gained("missing")} - ignoring(state) ${gained("recovered")})`;
    expect(await query(loss)).toBeGreaterThan(0);

    const [before = []] = (await storedNumbers("removed")).values();
    expect(countGaps(before)).toBeGreaterThan(0);
    const inherited = await untilLines("next", "missing", countGaps(before));
    expect(inherited).toBe(countGaps(before));
    expect(await lines("removed", "missing")).toBe(0);
  });

  it("ends at once when it is stopped, and has told its last counts", async () => {
    rig.engine.run("docker", ["stop", "--time", "20", "next"]);
    const [{ State: state }] = JSON.parse(rig.engine.run("docker", ["inspect", "next"]));
    expect(state).toMatchObject({ ExitCode: 0, OOMKilled: false });
    const printed = rig.engine.run("docker", ["logs", "next"]).trim().split("\n");
    expect(await lines("next", "written")).toBe(printed.length);
    expect(new Set(printed.slice(0, 9).map((line) => line.length)).size).toBe(1);
  });
});
