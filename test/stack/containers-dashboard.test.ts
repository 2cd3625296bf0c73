import type { Verdict } from "@sightline/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Death } from "../../packages/agent/src/deaths/death.ts";
import type { ContainerFacts } from "../../packages/agent/src/docker/identity-of.ts";
import { identityOf } from "../../packages/agent/src/docker/identity-of.ts";
import {
  beginDeathCounters,
  countDeath,
  countOomKill,
  countRestart,
} from "../../packages/agent/src/resources/count-deaths.ts";
import { recordLimits, recordSample } from "../../packages/agent/src/resources/record-sample.ts";
import {
  type AgentProcess,
  createAgentAccounts,
  sampleAfter,
  sendDeath,
  sendDeploy,
  startAgentProcess,
} from "../harness/agent-data.ts";
import {
  askAnnotation,
  askTarget,
  askVariable,
  lastValue,
  readDashboard,
  type Series,
  sumOfBars,
} from "../harness/dashboard.ts";
import { counter, sendMetrics } from "../harness/metrics.ts";
import { createTestStack, type TestStack } from "../harness/stack.ts";
import { until } from "../harness/until.ts";

const { queries, annotations, variables, targetOf } = readDashboard("containers");
const overview = readDashboard("service-overview");

const HOST = { hostName: "test-vm", environment: "production" };
const ALL = { host: ".*", service: ".*", container: ".*", crash: "" };
const SHOP = { ...ALL, service: "shop" };
const NOBODY = { ...ALL, host: "never-seen", service: "never-seen", container: "never-seen" };

const container = (name: string): ContainerFacts => ({
  id: name.padEnd(64, "0"),
  shortId: name.padEnd(12, "0"),
  name,
  service: "shop",
  image: "shop",
  imageId: "sha256:1",
  release: "2.0",
  labels: {},
});
const web = container("shop-web-1");
/** Started before, removed two minutes ago. */
const gone = container("shop-web-old");

describe("every query of the dashboard of containers, asked of the real servers", () => {
  let stack: TestStack;
  let nowMillis: number;
  /** All is asked for one moment, or a slow machine would ask for what is fresh no more. */
  let endSeconds: number;

  beforeAll(async () => {
    stack = await createTestStack();
    const result = await stack.run("up", "--mode", "embedded");
    expect(result.stderr + result.stdout).toContain("every signal was read back");
    nowMillis = Date.now();
    await sendWhatAnAgentSends(stack.url("otlp"), nowMillis);
    endSeconds = Math.ceil(Date.now() / 1000);
  }, 300_000);

  afterAll(() => stack.dispose());

  const ask = (title: string, chosen = SHOP, refId = "A"): Promise<Series[]> =>
    askTarget(stack, targetOf(title, refId), chosen, endSeconds);
  const numberOf = async (title: string, chosen = SHOP): Promise<number> => {
    const series = await until(`"${title}"`, async () => {
      const found = await ask(title, chosen);
      return found.length > 0 && found;
    });
    expect(series).toHaveLength(1);
    return lastValue(series[0] as Series);
  };

  it.each(queries)("$panel, $target.refId: has data of a container", async ({ panel, target }) => {
    const series = await until(`data for "${panel}"`, async () => {
      const answer = await askTarget(stack, target, SHOP, endSeconds);
      return answer.length > 0 && answer;
    });
    expect(series.length).toBeGreaterThan(0);
  });

  it.each(queries)(
    "$panel, $target.refId: is empty where there is no container",
    async ({ target }) => {
      expect(await askTarget(stack, target, NOBODY, endSeconds)).toEqual([]);
    },
  );

  it("crashes, restarts and OOM kills are exact, though the agent was restarted in between", async () => {
    expect(await numberOf("Crashes")).toBe(3);
    expect(await numberOf("Restarts")).toBe(3);
    expect(await numberOf("OOM kills")).toBe(1);
  });

  it("bars of crashes add up to the crashes, each under its verdict", async () => {
    const bars = await ask("Crashes, by verdict");
    expect(
      Object.fromEntries(bars.map((one) => [one.labels["verdict"], sumOfBars([one])])),
    ).toEqual({ oom_proven: 1, uncaught: 1, "signal(11)": 1 });
  });

  it("the table tells each container's crashes by what ended it", async () => {
    const columns = ["F", "G", "H", "I"].map(async (refId) => {
      const rows = await ask("Containers", SHOP, refId);
      const row = rows.find(({ labels }) => labels["container_name"] === web.name);
      return row && lastValue(row);
    });
    expect(await Promise.all(columns)).toEqual([1, 1, 1, 0]);
  });

  it("a container that was removed is in the table, and does not count as running", async () => {
    const names = async (refId: string): Promise<(string | undefined)[]> =>
      (await ask("Containers", SHOP, refId)).map(({ labels }) => labels["container_name"]).sort();
    expect(await names("E")).toEqual([web.name, gone.name]);
    const running = await ask("Running");
    expect(Math.max(...running.flatMap(({ values }) => values.map(([, value]) => value)))).toBe(2);
    expect(running.map(lastValue)).not.toContain(2);
  });

  it("lost lines are exact: of the agent, and of services that send their own", async () => {
    expect(await numberOf("Lines lost")).toBe(12);
    expect(await numberOf("Lines lost", { ...SHOP, service: "shop|losing" })).toBe(12 + 7);
    const bars = await ask("Lines lost, by reason");
    expect(sumOfBars(bars.filter(({ labels }) => labels["reason"] === "source_rotated"))).toBe(12);
  });

  it("losses before an agent was away for long do not count again, nor as negative ones", async () => {
    expect(await numberOf("Lines lost", { ...SHOP, service: "paused" })).toBe(3);
    expect(await numberOf("Lines lost", { ...SHOP, service: "shrunk" })).toBe(0);
    const bars = await ask("Lines lost, by reason", { ...SHOP, service: "paused|shrunk" });
    expect(sumOfBars(bars)).toBe(3);
  });

  it("every line that was read is acknowledged, lost, or on its way", async () => {
    const values = ["A", "B", "C"].map(async (refId) =>
      (await ask("What became of the lines", SHOP, refId)).map(lastValue),
    );
    // 300 were read before this Prometheus knew of the agent, and count, as they arrived in the range.
    expect(await Promise.all(values)).toEqual([[1000], [900], [12]]);
  });

  it("says how far behind the agent was at worst", async () => {
    expect(await numberOf("Behind")).toBe(4.5);
  });

  it("lists crashes with verdict, proof and last line, and no death that was asked for", async () => {
    const list = queries.filter(
      ({ panel, target }) => panel === "Crashes" && target.datasource.type === "loki",
    );
    const [target] = list.map((query) => query.target);
    if (!target) throw new Error("no list of crashes");
    const texts = (await askTarget(stack, target, SHOP, endSeconds)).flatMap(
      (series) => series.lines,
    );
    expect(texts.sort()).toEqual([
      "shop died of SIGSEGV (run 4, after 5s) · exit code 139 · last line: GET /cart",
      "shop died: out of memory, proven (run 2, after 5s) · exit code 137 · last line: GET /cart",
      "shop died: uncaught exception (run 3, after 5s) · exit code 1 · last line: GET /cart",
    ]);
  });

  it("shows the newest crash whole, or the one whose id is given", async () => {
    const [newest] = await ask("The newest crash, whole");
    expect(newest?.lines.join()).toMatch(/^shop died of SIGSEGV[\s\S]*GET \/cart/);
    const first = `${web.shortId}:${deathTime(nowMillis, 2) - 5_000}`;
    const [chosen] = await ask("The newest crash, whole", { ...SHOP, crash: first.slice(0, -1) });
    expect(chosen?.lines.join()).toContain("out of memory, proven");
    expect(await ask("The newest crash, whole", { ...SHOP, crash: "no.such" })).toEqual([]);
  });

  it("marks crashes and deployments on the graphs", async () => {
    const texts = annotations.map((annotation) => askAnnotation(stack, annotation, SHOP));
    const [crashes, deploys] = await Promise.all(texts);
    expect(crashes).toHaveLength(3);
    expect(deploys).toEqual(["shop is deployed: 2.0, before it was 1.9"]);
  });

  it("offers hosts, services and containers to choose from", async () => {
    const offered = await Promise.all(
      variables.map(async (variable) => [variable.name, await askVariable(stack, variable, SHOP)]),
    );
    expect(Object.fromEntries(offered)).toMatchObject({
      host: expect.arrayContaining(["test-vm"]),
      service: expect.arrayContaining(["shop"]),
      container: [web.name, gone.name].sort(),
    });
  });

  it("leads to an overview that knows the services of containers, whatever they are written in", async () => {
    const services = overview.variables.find(({ name }) => name === "service");
    if (!services) throw new Error("no variable of services");
    const offered = await askVariable(stack, services, { environment: HOST.environment });
    expect(offered).toContain("shop");
  });
});

const SECOND = 1_000;

/** Run 2 dies first, a restart of the agent follows, then runs 3 and 4 die. */
function deathTime(nowMillis: number, run: number): number {
  return nowMillis - (60 - run * 10) * SECOND;
}

async function sendWhatAnAgentSends(otlpUrl: string, nowMillis: number): Promise<void> {
  const accounts = createAgentAccounts();
  accounts.read("life", "shop", { lines: 300, dropped: {}, unknownGaps: 0 });
  accounts.acknowledged("life", 300);
  const start = (atMillis: number): AgentProcess => {
    const agent = startAgentProcess({
      otlpUrl,
      accounts,
      journalBytes: 4096,
      host: HOST,
      nowMillis: atMillis,
    });
    beginDeathCounters(agent.store, webResource);
    recordLimits(agent.store, webResource, {
      LogConfig: { Type: "local" },
      NanoCpus: 5e8,
      PidsLimit: 100,
    });
    return agent;
  };
  const webResource = identityOf(web, 1, HOST).metricResource;
  const goneResource = identityOf(gone, 1, HOST).metricResource;
  const startedMillis = nowMillis - 300 * SECOND;
  const sample = (agent: AgentProcess, atMillis: number): Promise<void> => {
    const seconds = (atMillis - startedMillis) / SECOND;
    recordSample(agent.store, webResource, sampleAfter(startedMillis, seconds), startedMillis);
    return agent.exportAt(atMillis);
  };

  const first = start(nowMillis - 240 * SECOND);
  beginDeathCounters(first.store, goneResource);
  recordSample(first.store, goneResource, sampleAfter(startedMillis, 60), startedMillis);
  for (const ago of [225, 210, 195, 180]) await sample(first, nowMillis - ago * SECOND);
  first.store.forget(goneResource);
  for (const ago of [165, 150, 135, 120, 105, 90, 75, 60]) {
    await sample(first, nowMillis - ago * SECOND);
  }
  first.setTime(deathTime(nowMillis, 2));
  count(first, webResource, "oom_proven");
  accounts.read("life", "shop", { lines: 688, dropped: { source_rotated: 12 }, unknownGaps: 0 });
  accounts.acknowledged("life", 600);
  await sample(first, nowMillis - 35 * SECOND);

  const second = start(nowMillis - 34 * SECOND);
  second.setTime(deathTime(nowMillis, 3));
  count(second, webResource, "uncaught");
  await sample(second, nowMillis - 25 * SECOND);
  second.lag.note("shop", 4_500);
  second.setTime(deathTime(nowMillis, 4));
  count(second, webResource, "signal(11)");
  await sample(second, nowMillis - 10 * SECOND);
  await sample(second, nowMillis);

  await sendPause(otlpUrl, nowMillis);
  await sendMetrics(otlpUrl, "losing", [
    counter("sightline.dropped.records", [7], { signal: "logs", reason: "queue_full" }),
    counter("sightline.acknowledged.records", [10, 20], { signal: "logs" }),
  ]);
  await sendDeath(otlpUrl, web, HOST, death(nowMillis, 2, "oom_proven", 137));
  await sendDeath(otlpUrl, web, HOST, death(nowMillis, 3, "uncaught", 1));
  await sendDeath(otlpUrl, web, HOST, death(nowMillis, 4, "signal(11)", 139, "SIGSEGV"));
  await sendDeath(otlpUrl, gone, HOST, {
    ...death(nowMillis, 1, "killed", 137, "SIGKILL"),
    containerId: gone.id,
    judgement: { verdict: "killed", evidence: "docker rm -f", planned: true, signal: "SIGKILL" },
  });
  await sendDeploy(otlpUrl, web, HOST, { from: "1.9", to: "2.0" }, nowMillis - 170 * SECOND);
}

/** An agent that was killed 25 minutes ago and started again now; what it had not saved it forgot. */
async function sendPause(otlpUrl: string, nowMillis: number): Promise<void> {
  const lost = { paused: [50, 53], shrunk: [5, 4] };
  for (const [index, ago] of [1_500, 0].entries()) {
    const accounts = createAgentAccounts();
    for (const [service, losses] of Object.entries(lost)) {
      const dropped = { source_rotated: losses[index] ?? 0 };
      accounts.read(service, service, { lines: 0, dropped, unknownGaps: 0 });
    }
    const atMillis = nowMillis - ago * SECOND;
    const options = { otlpUrl, accounts, journalBytes: 0, host: HOST, nowMillis: atMillis };
    await startAgentProcess(options).exportAt(atMillis);
  }
}

function count(agent: AgentProcess, resource: object, verdict: Verdict): void {
  const own = resource as Parameters<typeof countRestart>[1];
  countDeath(agent.store, own, { verdict, planned: false, isOomCounted: true });
  if (verdict === "oom_proven") countOomKill(agent.store, own);
  countRestart(agent.store, own);
}

function death(
  nowMillis: number,
  run: number,
  verdict: Verdict,
  exitCode: number,
  signal?: string,
): Death {
  const diedAtMillis = deathTime(nowMillis, run);
  return {
    service: "shop",
    release: "2.0",
    containerId: web.id,
    run,
    facts: { exitCode, startedAtMillis: diedAtMillis - 5_000, diedAtMillis },
    judgement: {
      verdict,
      evidence: `exit code ${exitCode}`,
      planned: false,
      ...(signal !== undefined && { signal }),
    },
    recent: { recentDeaths: 1, restartLoop: false },
    lines: [
      { text: "GET /cart", stream: "stdout", time: [Math.floor(diedAtMillis / 1000) - 1, 0] },
    ],
    totalLines: 1,
  };
}
