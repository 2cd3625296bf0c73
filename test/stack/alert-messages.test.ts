import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { compileSpec } from "../../packages/cli/src/compile/compile-spec.ts";
import { emitStack } from "../../packages/cli/src/emit/stack/emit-stack.ts";
import { queryLines } from "../../packages/cli/src/query/loki.ts";
import { readSpec } from "../../packages/cli/src/spec/read-spec.ts";
import { type Rulers, startRulers, type ToldAlert } from "../harness/rulers.ts";
import { until } from "../harness/until.ts";

const SPEC = `
default_alerts: {enabled: false}
urls: {grafana: "https://grafana.example.org/base", alertmanager: "http://127.0.0.1:1"}
services: [{name: api, runbook: "https://wiki.example.org/api?a=1&b={{x}}"}]
alerts:
  - name: Payments fail
    log: {service: api, contains: "payment failed"}
    when: at least 2 in 5m
    every: 10s
    message: "{count} {{ .Evil }} $x {\\"a\\": 1} \${y} in {service} ({release}, {users} users): {line}"
  - name: Any service
    log: {contains: ["card (refused)", "card {{lost}}"]}
    when: any in 5m
    every: 10s
  - name: Many different lines
    log: {service: noisy, matches: "order \\\\d+ lost"}
    every: 10s
  - name: Too quiet
    log: {service: cron, contains: "backup done"}
    when: fewer than 1 in 5m
    every: 10s
  - name: Long lines
    log: {service: big}
    every: 10s
  - name: Crashed
    crash: {service: web}
    every: 10s
  - name: New error
    new_error: {service: web}
    every: 10s
  - name: By field
    log: {service: shop, fields: {tenant.id: "7\\"}} {{1}}"}}
    by: tenant.id
    every: 10s
  - name: From JSON
    log: {service: legacy, parse: json, fields: {level: error}}
    by: code
    every: 10s
  - name: Slow answers
    metric: {service: api, signal: p95, over: 1m}
    when: above 1s
    every: 10s
    message: "{value} at {rpm}, worst {route}, release {release}"
  - name: Failing answers
    metric: {service: api, signal: error_rate, over: 1m}
    when: above 10%
    every: 10s
  - name: No heartbeat
    absent: {service: gone, logs: true}
    every: 10s
`;

const LINE = String.raw`payment failed "quoted" 'single' \back\n {{ .Evil }} {{ $labels.x }} $value ${"`"}tick${"`"} <b>&amp;</b> ünï 漢字 😀 %d 100%`;
const STACK = `${LINE}\n    at pay (/app/pay.js:1:2)\n\tat run`;
const EVIL_SERVICE = String.raw`we"ird\svc'{{ .X }}+&#$(id) ünï`;

let rulers: Rulers;
let exporter: Server;

beforeAll(async () => {
  const read = readSpec("sightline.yaml", SPEC);
  if (read.status !== "ok") throw new Error(JSON.stringify(read.faults));
  const { model, faults } = compileSpec({
    document: read.document,
    project: "test",
    target: { kind: "stack", name: "local", data: undefined },
    urls: {
      grafana: "https://grafana.example.org/base",
      alertmanager: "http://127.0.0.1:1",
      runbooks: undefined,
    },
    dashboards: [],
  });
  expect(faults.filter(({ severity }) => severity === "error")).toEqual([]);
  exporter = await startExporter();
  const { port } = exporter.address() as AddressInfo;
  rulers = await startRulers({
    files: emitStack(model).filter(({ path }) => path.includes("/rules/")),
    // Loki's own default, which other people's Lokis have.
    maxQuerySeries: 500,
    scrape: `127.0.0.1:${port}`,
  });
  await pushLines();
}, 180_000);

afterAll(async () => {
  await rulers?.stop();
  exporter?.closeAllConnections();
  exporter?.close();
});

test("the message holds the newest matching line as it is, and what else is known of it", async () => {
  const { annotations, labels } = await firing("Payments fail");
  expect(labels).toMatchObject({ service_name: "api", severity: "warning" });
  expect(annotations["line"]).toBe(STACK);
  expect(annotations["description"]).toBe(
    `2 {{ .Evil }} $x {"a": 1} \${y} in api (1.2.4, 2 users): ${STACK}`,
  );
  expect(annotations["summary"]).toBe("Payments fail: 2 lines in 5m in api");
  expect(annotations).toMatchObject({
    count: "2",
    users: "2",
    release: "1.2.4",
    runbook_url: "https://wiki.example.org/api?a=1&b={{x}}",
  });
  expect(annotations["first_seen"]).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC$/);
});

test("the query of the message gives the line, and so does the link", async () => {
  const { annotations } = await firing("Payments fail");
  const query = annotations["logs_query"] ?? "";
  expect(await linesOf(query)).toEqual(expect.arrayContaining([STACK]));
  const pane = paneOf(annotations);
  expect(pane.expr).toBe(query);
  expect(await linesOf(query, pane.from, pane.to)).toHaveLength(2);
});

test("names that mean something in LogQL, JSON, addresses and templates break nothing", async () => {
  const { annotations, labels } = await firing("Any service");
  expect(labels["service_name"]).toBe(EVIL_SERVICE);
  expect(annotations["line"]).toBe("card {{lost}} by nobody");
  expect(annotations["summary"]).toBe(`Any service: 1 lines in 5m in ${EVIL_SERVICE}`);
  const pane = paneOf(annotations);
  expect(pane.expr).toBe(annotations["logs_query"]);
  expect(await linesOf(pane.expr, pane.from, pane.to)).toEqual(["card {{lost}} by nobody"]);
  const dashboard = new URL(annotations["dashboard_url"] ?? "");
  expect(dashboard.searchParams.get("var-service")).toBe(EVIL_SERVICE);
  const silence = decodeURIComponent(annotations["silence_url"]?.split("filter=")[1] ?? "");
  expect(silence).toContain('alertname="Any service"');
  expect(silence).toContain(`service_name=${JSON.stringify(EVIL_SERVICE)}`);
});

test("a thousand different lines fit Loki's stock limit of 500 series", async () => {
  const { annotations } = await firing("Many different lines");
  expect(annotations["line"]).toBe("order 999 lost");
  expect(annotations["template"]).toBe("order * lost");
  expect(annotations["count"]).toBe("1000");
});

test("a long line is shortened", async () => {
  const { annotations } = await firing("Long lines");
  expect(annotations["line"]).toBe("x".repeat(400));
});

test("too few lines are told of where there is none at all", async () => {
  const { annotations, labels } = await firing("Too quiet");
  expect(labels["service_name"]).toBe("cron");
  expect(annotations["summary"]).toBe("Too quiet: 0 lines in 5m in cron");
});

test("a crash is told with its verdict and last words; a planned end is none", async () => {
  const { annotations } = await firing("Crashed");
  expect(annotations["summary"]).toBe("Crashed: web died (oom_proven)");
  expect(annotations["line"]).toBe("Error: heap {{ is }} full");
  expect(annotations["count"]).toBe("1");
});

test("an error is new that did not come before", async () => {
  const { annotations, labels } = await firing("New error");
  expect(labels["fp"]).toBe("f1");
  expect(annotations["summary"]).toBe("New error: new error in web: cannot read * of undefined");
  const known = rulers.told.filter((alert) => alert.labels["fp"] === "f0");
  expect(known).toEqual([]);
});

test("fields divide alerts, whether they came as fields or stand in a JSON line", async () => {
  const byField = await firing("By field");
  expect(byField.labels["tenant_id"]).toBe('7"}} {{1}}');
  expect(byField.annotations["line"]).toBe("checkout slow");
  const fromJson = await firing("From JSON");
  expect(fromJson.labels["code"]).toBe("E42");
  expect(fromJson.annotations["line"]).toBe('{"level":"error","code":"E42"}');
});

test("figures are written for people, with traffic, release and worst route beside them", async () => {
  const slow = await firing("Slow answers");
  expect(slow.annotations["summary"]).toMatch(/^Slow answers: p95 latency of api is 2\.\d+s$/);
  expect(slow.annotations["description"]).toMatch(
    /^2\.\d+s at [\d.]+k?\/min, worst \/slow, release 1\.2\.4$/,
  );
  const failing = await firing("Failing answers");
  expect(failing.annotations["summary"]).toBe("Failing answers: error rate of api is 25%");
});

test("a service without a line is absent", async () => {
  const { annotations, labels } = await firing("No heartbeat");
  expect(labels["service_name"]).toBe("gone");
  expect(annotations["summary"]).toBe("No heartbeat: no lines of gone for 10m");
});

test("no text failed to expand", () => {
  const texts = rulers.told.flatMap(({ annotations }) => Object.values(annotations));
  expect(texts.filter((text) => /error expanding|<no value>/.test(text))).toEqual([]);
});

function firing(name: string): Promise<ToldAlert> {
  return until(`the alert ${name}`, () =>
    rulers.told.findLast(
      ({ labels, status }) => labels["alertname"] === name && status === "firing",
    ),
  );
}

async function linesOf(query: string, from?: string, to?: string): Promise<string[]> {
  const millis = (text: string | undefined, fallback: number): bigint =>
    BigInt(text === undefined ? fallback : Date.parse(text)) * 1_000_000n;
  const result = await queryLines(rulers.lokiUrl, {
    query,
    startNanos: millis(from, Date.now() - 3_600_000),
    endNanos: millis(to, Date.now() + 1_000),
    limit: 100,
    direction: "backward",
  });
  if (result.status !== "ok") throw new Error(`${query}: ${JSON.stringify(result)}`);
  return result.value.map(({ line }) => line);
}

function paneOf(annotations: ToldAlert["annotations"]): { expr: string; from: string; to: string } {
  const url = new URL(annotations["logs_url"] ?? "");
  expect(`${url.origin}${url.pathname}`).toBe("https://grafana.example.org/base/explore");
  const panes = JSON.parse(url.searchParams.get("panes") ?? "") as Record<
    string,
    { queries: { expr: string }[]; range: { from: string; to: string } }
  >;
  const [pane] = Object.values(panes);
  return { expr: pane?.queries[0]?.expr ?? "", ...(pane?.range ?? { from: "", to: "" }) };
}

type Entry = readonly [line: string, fields?: Readonly<Record<string, string>>];

async function pushLines(): Promise<void> {
  const many = Array.from({ length: 1_000 }, (_, index): Entry => [`order ${index} lost`]);
  await push("api", "log", [
    ["payment failed first", { service_version: "1.2.3", user_hash: "u1" }],
    [STACK, { service_version: "1.2.4", user_hash: "u2" }],
  ]);
  await push(EVIL_SERVICE, "log", [["card {{lost}} by nobody"], ["something else"]]);
  await push("noisy", "log", many);
  await push("big", "log", [["x".repeat(250_000)]]);
  await push("web", "crash", [
    [
      "web died: oom",
      { verdict: "oom_proven", exception_type: "Error", exception_message: "heap {{ is }} full" },
    ],
  ]);
  await push("web", "crash", [["web ended", { verdict: "clean", planned: "true" }]]);
  const error = { fp_t: "cannot read * of undefined", release: "1" };
  await push("web", "error", [["known", { ...error, fp: "f0" }]], 86_400_000);
  await push("web", "error", [
    ["known", { ...error, fp: "f0" }],
    ["TypeError: cannot read x of undefined", { ...error, fp: "f1" }],
  ]);
  await push("shop", "log", [["checkout slow", { tenant_id: '7"}} {{1}}' }]]);
  await push("legacy", "log", [
    ["no json"],
    ['{"level":"error","code":"E42"}'],
    ['{"level":"info"}'],
  ]);
}

async function push(
  service: string,
  kind: string,
  entries: readonly Entry[],
  ageMillis = 0,
): Promise<void> {
  const begin = BigInt(Date.now() - ageMillis - entries.length - 10);
  const values = entries.map(([line, fields], index) => [
    String((begin + BigInt(index)) * 1_000_000n),
    line,
    fields ?? {},
  ]);
  const stream = {
    service_name: service,
    deployment_environment_name: "production",
    host_name: "vm",
    kind,
  };
  const response = await fetch(`${rulers.lokiUrl}/loki/api/v1/push`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ streams: [{ stream, values }] }),
  });
  if (!response.ok) throw new Error(`push ${service}: ${response.status} ${await response.text()}`);
}

/** A service that answers 40 requests a second: half of them in 2 to 2.5 s, a quarter with 500. */
async function startExporter(): Promise<Server> {
  const begin = Date.now();
  const server = createServer((_, response) => {
    const count = Math.floor(((Date.now() - begin) / 1_000) * 10) + 10;
    const own = `service_name="api",deployment_environment_name="production",host_name="vm",service_version="1.2.4"`;
    const series = [
      ["/fast", "200", 2, 0.1],
      ["/slow", "200", 1, 2.5],
      ["/slow", "500", 1, 2.5],
    ] as const;
    const lines = series.flatMap(([route, status, times, seconds]) => {
      const labels = `${own},http_route="${route}",http_response_status_code="${status}"`;
      const bucket = (le: string, isIn: boolean): string =>
        `http_server_request_duration_seconds_bucket{${labels},le="${le}"} ${isIn ? count * times : 0}`;
      return [
        bucket("0.1", seconds <= 0.1),
        bucket("1", seconds <= 1),
        bucket("2.5", true),
        bucket("+Inf", true),
        `http_server_request_duration_seconds_count{${labels}} ${count * times}`,
        `http_server_request_duration_seconds_sum{${labels}} ${count * times * seconds}`,
      ];
    });
    response.setHeader("content-type", "text/plain; version=0.0.4");
    response.end(`${lines.join("\n")}\nprocess_uptime_seconds{${own}} ${count}\n`);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return server;
}
