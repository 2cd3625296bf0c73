import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { loadModel } from "../../packages/cli/src/commands/load-model.ts";
import { createContext } from "../../packages/cli/src/context.ts";
import { emitStack } from "../../packages/cli/src/emit/stack/emit-stack.ts";
import type { TestLine } from "../../packages/cli/src/rule-test/case.ts";
import { type LokiEngine, startLoki } from "../../packages/cli/src/rule-test/engines/loki.ts";
import { lokiConfig } from "../../packages/cli/src/rule-test/engines/loki-config.ts";
import { runPromtool } from "../../packages/cli/src/rule-test/engines/promtool.ts";
import { parseSeriesValues } from "../../packages/cli/src/rule-test/file/series-values.ts";
import { renderTemplate } from "../../packages/cli/src/rule-test/go-template/render.ts";
import { prepareCases } from "../../packages/cli/src/rule-test/prepare.ts";
import { runCases } from "../../packages/cli/src/rule-test/run-cases.ts";
import { readEmittedRules } from "../../packages/cli/src/rule-test/stack/emitted-rules.ts";
import { TOOLS, toolBinary } from "../../packages/cli/src/stack/tools.ts";
import { recordIo } from "../../packages/cli/test/support/io.ts";
import { freePort } from "../harness/free-port.ts";
import { TOLD_ALERTS, TOLD_MILLIS, toldCase, toldLines } from "../harness/told-lines.ts";
import { until } from "../harness/until.ts";

// What `sightline test` rests on, against the servers themselves: one request for all evaluations is
// as good as one each, our templates are Go's, our Loki messages are the ruler's.

const context = createContext(recordIo(process.env));
const START = Date.parse("2026-01-05T00:00:00Z");
const never = new AbortController().signal;
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "sightline-engines-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function binary(name: string, own?: string): string {
  const tool = TOOLS.find((one) => one.name === name);
  if (!tool) throw new Error(`no tool ${name}`);
  return toolBinary(context.paths, tool, own);
}

const promtool = binary("prometheus", "promtool");

function line(atMillis: number, text: string, more: Partial<TestLine> = {}): TestLine {
  const stream = {
    service_name: "api",
    deployment_environment_name: "production",
    host_name: "vm1",
    kind: "log",
  };
  return { atMillis, text, stream, metadata: {}, ...more };
}

describe("Loki", () => {
  let loki: LokiEngine;
  beforeAll(async () => {
    loki = await startLoki(binary("loki"), join(folder, "loki"), never);
  });
  afterAll(() => loki?.stop());

  test("a range query gives at each step what an instant query gives then", async () => {
    const lines = Array.from({ length: 120 }, (_, index) =>
      line(index * 7_300, `failed ${index % 5} of ${index}`, {
        metadata: { user: `u${index % 3}`, ms: String(index * 3) },
      }),
    );
    await loki.push("ranges", START, lines);
    const queries = [
      'sum by (service_name) (count_over_time({service_name="api"} |= "failed" [5m])) > 5',
      'topk(1, max by (user) (max_over_time({service_name="api"} | unwrap ms [2m])))',
      'max by (user) (max_over_time({service_name="api"} | unwrap ms [1m]))',
      'max(absent_over_time({service_name="gone"}[3m]))',
      'sum(count_over_time({service_name="api"}[1m])) or vector(0)',
      'quantile_over_time(0.9, {service_name="api"} | unwrap ms [4m]) by (user)',
      'last_over_time({service_name="api"} | label_format ts=`{{ __timestamp__ | unixEpoch }}` | unwrap ts [5m]) by (user)',
      'sum(count_over_time({service_name="api"}[5m] offset 5m)) / sum(count_over_time({service_name="api"}[5m]))',
    ];
    const times = { firstMillis: START, everyMillis: 30_000, count: 40 };
    let samples = 0;
    for (const query of queries) {
      const range = await loki.evaluate("ranges", query, times);
      if (range.status !== "ok") throw new Error(`${query}: ${range.message}`);
      for (let tick = 0; tick < times.count; tick += 1) {
        const atMillis = START + tick * times.everyMillis;
        const instant = await askInstant(loki.url, query, atMillis);
        const ours = (range.at[tick] ?? []).map(({ labels, value }) => [sorted(labels), value]);
        expect({ query, tick, vector: ours.map(String).toSorted() }).toEqual({
          query,
          tick,
          vector: instant.map(String).toSorted(),
        });
        samples += instant.length;
      }
    }
    expect(samples).toBeGreaterThan(300);
  });

  test("equal lines of one moment are all kept, and tenants see their own alone", async () => {
    await loki.push("equal", START, [line(1000, "same"), line(1000, "same"), line(1000, "same")]);
    const times = { firstMillis: START + 60_000, everyMillis: 1000, count: 1 };
    const query = 'sum(count_over_time({service_name="api"}[5m]))';
    expect(await loki.evaluate("equal", query, times)).toEqual({
      status: "ok",
      at: [[{ labels: {}, value: 3 }]],
    });
    expect(await loki.evaluate("nobody", query, times)).toEqual({ status: "ok", at: [[]] });
  });

  test("a query that is wrong is told in Loki's words", async () => {
    const times = { firstMillis: START, everyMillis: 1000, count: 1 };
    expect(await loki.evaluate("equal", 'rate({a="b"}', times)).toMatchObject({
      status: "failed",
      message: expect.stringContaining("parse error"),
    });
    expect(await loki.evaluate("equal", '{service_name="api"}', times)).toMatchObject({
      status: "failed",
      message: expect.stringContaining("not numbers"),
    });
  });
});

function sorted(labels: Readonly<Record<string, string>>): string {
  return JSON.stringify(Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

async function askInstant(url: string, query: string, atMillis: number) {
  const parameters = new URLSearchParams({ query, time: `${atMillis}000000` });
  const response = await fetch(`${url}/loki/api/v1/query?${parameters}`, {
    headers: { "X-Scope-OrgID": "ranges" },
  });
  const { data } = (await response.json()) as {
    data: { result: { metric: Record<string, string>; value: [number, string] }[] };
  };
  return data.result.map(({ metric, value }) => [sorted(metric), Number(value[1])]);
}

describe("promtool", () => {
  test("reads our notation of samples as it reads its own", async () => {
    const notations = [
      "1 2 3",
      "0+60x5",
      "5x3",
      "_x2 7",
      "1 stale 2",
      "10-2.5x4",
      "1e3+1e2x2",
      "-3x1",
      "NaN Inf -Inf",
      ".5+.25x3",
    ];
    const read = async (values: (notation: string) => readonly string[]) => {
      const [answer] = await runPromtool(
        promtool,
        join(folder, "notation"),
        [
          {
            rules: [],
            startMillis: START,
            everyMillis: 60_000,
            series: notations.map((notation, index) => ({
              series: `n${index}`,
              everyMillis: 60_000,
              tokens: values(notation),
            })),
            queries: notations.map((_, index) => ({
              query: `count_over_time(n${index}[1h]) * 1000 + n${index}`,
              atMillis: Array.from({ length: 8 }, (__, tick) => tick * 60_000),
            })),
            alerts: [],
          },
        ],
        never,
      );
      return answer;
    };
    const ours = await read((notation) => {
      const parsed = parseSeriesValues(notation);
      if (parsed.status !== "ok") throw new Error(parsed.message);
      return parsed.tokens;
    });
    // The same text in one piece: promtool's own reading.
    const theirs = await read((notation) => [notation]);
    expect(ours?.status).toBe("ok");
    expect(ours).toEqual(theirs);
  });

  test("templates are rendered as Prometheus renders them", async () => {
    const labels = { a: "w", b: "q\"uo'te & é\n<x>", k: "1" };
    const differences: unknown[] = [];
    for (const value of VALUES) {
      const annotations = Object.fromEntries(TEMPLATES.map((text, index) => [`t${index}`, text]));
      const series = `x{a="w",b=${JSON.stringify(labels.b)},k="1"}`;
      const [answer] = await runPromtool(
        promtool,
        join(folder, "templates"),
        [
          {
            rules: [{ alert: "A", expr: "max by (a, b, k) (x)", annotations }],
            startMillis: START,
            everyMillis: 60_000,
            series: [{ series, everyMillis: 60_000, tokens: [String(value)] }],
            queries: [],
            alerts: [{ name: "A", atMillis: [0] }],
          },
        ],
        never,
      );
      if (answer?.status !== "ok") throw new Error(JSON.stringify(answer));
      const real = answer.firing[0]?.get(0)?.[0]?.annotations ?? {};
      TEMPLATES.forEach((text, index) => {
        const ours = renderTemplate(text, {
          variables: { labels, value },
          dot: {},
          missing: "empty",
          ask: () => [{ Labels: { ...labels, __name__: "x" }, Value: value }],
        });
        const theirs = real[`t${index}`] ?? "";
        if (ours !== theirs) differences.push({ value, text, ours, theirs });
      });
    }
    expect(differences).toEqual([]);
  });
});

const VALUES = [
  0,
  1,
  0.5,
  2.5,
  -3,
  1234.5678,
  1e6,
  123456789,
  0.000012345,
  262923,
  1767571200.25,
  999.95,
  0.1 + 0.2,
  59.999,
  1e-9,
  -0.25,
  12345,
  0.125,
];

const TEMPLATES = [
  '{{ $labels.a }} {{ $labels.zzz }}|{{ index $labels "b" }}|{{ $labels }}',
  '{{ humanize $value }} {{ $value }} {{ printf "%.4g" $value }}',
  '{{ printf "%.0f|%g|%8.2f|%-8.1f|%f|%v" $value $value $value $value $value $value }}',
  "{{ humanize1024 $value }}B {{ humanizePercentage $value }} {{ humanizeDuration $value }}",
  '{{ (toTime $value).UTC.Format "2006-01-02T15:04:05.000Z" }} {{ humanizeTimestamp $value }}',
  "{{ if gt $value 0.0 }}above{{ else if lt $value 0.0 }}below{{ else }}none{{ end }}",
  "{{ with $labels.a }}<{{ . }}>{{ end }}{{ with $labels.zz }}no{{ else }}none{{ end }}",
  '{{ range query "x" }}{{ .Labels.a }}={{ .Value | humanize }};{{ end }}',
  '{{ range $i, $s := query "x" }}{{ $i }}:{{ $s.Labels.a }} {{ end }}',
  'a {{- " b" -}} c {{/* note */}} {{ "{{" }} {{ `raw` }} }} {',
  '{{ printf "%q" $labels.b }} {{ urlquery (print "a b&c=" $labels.b "*\'()~") }} {{ html $labels.b }}',
  `{{ print "'" (reReplaceAll "'" "'\\\\''" "it's") "'" }} {{ reReplaceAll "(a)(b)" "$2-\${1}x" "abab" }}`,
  '{{ $x := "q" }}{{ $x }}{{ range query "x" }}{{ $x = .Labels.a }}{{ end }}{{ $x | toUpper }}',
  '{{ query "x" | first | value }} {{ query "x" | sortByLabel "a" | first | label "a" }} {{ len (query "x") }}',
  '{{ and $labels.a (eq $labels.a "v" "w") }} {{ or $labels.zz "alt" }} {{ not true }} {{ print 1 2 "x" 3 4 }}',
  '{{ if and (eq $labels.a "w") (ne $labels.a "q") (ge 2 1) }}y{{ else }}n{{ end }} {{ title "hello wOrld" }}',
  '{{ 1.5 }} {{ 0.00001 }} {{ 1e30 }} {{ 123456789.0 }} {{ stripPort "h:80" }} {{ parseDuration "1h" }}',
];

test("messages of Loki rules are those that the real ruler sends", {
  timeout: 180_000,
}, async () => {
  const spec = join(import.meta.dirname, "fixtures/rule-tests/sightline.yaml");
  const loaded = await loadModel(context, { file: spec });
  if (loaded.status !== "ok") throw new Error(JSON.stringify(loaded.faults));
  const startMillis = Date.now() - TOLD_MILLIS;
  const lines = toldLines();
  const prepared = prepareCases(
    loaded.model,
    TOLD_ALERTS.map((alert) => toldCase(alert, startMillis)),
  );
  const results = await runCases(
    prepared.cases,
    loaded.model,
    { loki: binary("loki"), promtool },
    never,
  );
  const ours = results.map(({ test: { name }, runs }) => {
    const run = runs.find(({ output }) => output === "loki");
    const alerts = run?.status === "ran" ? (run.ticks.at(-1)?.alerts ?? []) : [];
    return { name, alerts: alerts.map(({ labels, annotations }) => ({ labels, annotations })) };
  });

  const receiver = await startReceiver();
  await startRuler(emitStack(loaded.model), TOLD_ALERTS, receiver.url, startMillis, lines);
  const theirs = await until(
    "all alerts of the ruler",
    () => TOLD_ALERTS.every((name) => receiver.alerts().has(name)) && receiver.alerts(),
    90_000,
  );
  for (const { name, alerts } of ours) {
    expect({ name, alerts }).toEqual({ name, alerts: [...(theirs.get(name)?.values() ?? [])] });
  }
});

interface SentAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** Takes what a ruler sends to an Alertmanager. */
async function startReceiver() {
  const byName = new Map<string, Map<string, SentAlert>>();
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => {
      body += String(chunk);
    });
    request.on("end", () => {
      for (const { labels, annotations } of JSON.parse(body || "[]") as SentAlert[]) {
        const own = byName.get(labels["alertname"] ?? "") ?? new Map();
        own.set(sorted(labels), { labels, annotations });
        byName.set(labels["alertname"] ?? "", own);
      }
      response.end("{}");
    });
  });
  await new Promise<void>((resolve) => server.listen({ port: 0, host: "127.0.0.1" }, resolve));
  onTestFinished(() => {
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, alerts: () => byName };
}

/** A Loki with its ruler, the emitted rules of these alerts, and the lines. */
async function startRuler(
  artefacts: Parameters<typeof readEmittedRules>[0],
  names: readonly string[],
  alertmanagerUrl: string,
  startMillis: number,
  lines: readonly TestLine[],
): Promise<void> {
  const own = join(folder, "ruler");
  const rulesFolder = join(own, "rules-in", "case");
  mkdirSync(rulesFolder, { recursive: true });
  const rules = readEmittedRules(artefacts)
    .filter(({ engine, rule }) => engine === "loki" && names.includes(rule.alert ?? ""))
    .map(({ rule }) => rule);
  expect(rules).toHaveLength(names.length);
  writeFileSync(
    join(rulesFolder, "rules.yaml"),
    JSON.stringify({ groups: [{ name: "g", interval: "5s", rules }] }),
  );
  const [httpPort, grpcPort] = [await freePort(), await freePort()];
  const config = JSON.parse(lokiConfig({ folder: own, httpPort, grpcPort }));
  config.ruler = {
    storage: { type: "local", local: { directory: join(own, "rules-in") } },
    rule_path: join(own, "rules-temp"),
    alertmanager_url: alertmanagerUrl,
    enable_alertmanager_v2: true,
    evaluation_interval: "5s",
    poll_interval: "2s",
    ring: { kvstore: { store: "inmemory" } },
  };
  writeFileSync(join(own, "config.json"), JSON.stringify(config));
  const child: ChildProcess = spawn(binary("loki"), [`-config.file=${join(own, "config.json")}`], {
    stdio: ["ignore", "ignore", "ignore"],
  });
  onTestFinished(async () => {
    const exited = once(child, "exit");
    child.kill("SIGKILL");
    await exited;
  });
  const url = `http://127.0.0.1:${httpPort}`;
  await until("Loki", async () => (await fetch(`${url}/ready`)).ok);
  const streams = lines.map(({ atMillis, text, stream, metadata }, index) => ({
    stream,
    values: [[`${startMillis + atMillis}${String(index).padStart(6, "0")}`, text, metadata]],
  }));
  const pushed = await fetch(`${url}/loki/api/v1/push`, {
    method: "POST",
    headers: { "content-type": "application/json", "X-Scope-OrgID": "case" },
    body: JSON.stringify({ streams }),
  });
  expect(pushed.status).toBe(204);
}
