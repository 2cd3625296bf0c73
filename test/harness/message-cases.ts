import { createServer, type Server } from "node:http";
import { compileSpec } from "../../packages/cli/src/compile/compile-spec.ts";
import type { Model, ModelTarget } from "../../packages/cli/src/compile/model.ts";
import { queryLines } from "../../packages/cli/src/query/loki.ts";
import { readSpec } from "../../packages/cli/src/spec/read-spec.ts";

/** An alert of every form, and lines that each would break something if it were not quoted. */
const SPEC = `
default_alerts: {enabled: false}
urls: {grafana: "https://grafana.example.org/base", alertmanager: "http://127.0.0.1:1"}
services: [{name: api, runbook: "https://wiki.example.org/api?a=1&b={{x}}"}]
alerts:
  - name: Payments fail
    log: {service: api, contains: "payment failed"}
    when: at least 2 in 5m
    every: 10s
    summary: "{line}"
    message: "{count} {{ .Evil }} $x {\\"a\\": 1} \${y} in \\u2028 {service} ({release}, {users} users): {line}"
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

export const LINE = String.raw`payment failed "quoted" 'single' \back\n {{ .Evil }} {{ $labels.x }} $value ${"`"}tick${"`"} <b>&amp;</b> ünï 漢字 😀 %d 100%`;
export const STACK = `${LINE}\n    at pay (/app/pay.js:1:2)\n\tat run`;
export const EVIL_SERVICE = String.raw`we"ird\svc'{{ .X }}+&#$(id) ünï`;

export function messageModel(target: ModelTarget): Model {
  return compile(SPEC, target);
}

/** Of alerts as they stand below `alerts:`, without the default ones, for the local stack. */
export function modelOf(alerts: readonly string[]): Model {
  const text = `default_alerts: {enabled: false}\nalerts:\n${alerts.join("\n")}\n`;
  return compile(text, { kind: "stack", name: "local", data: undefined });
}

function compile(text: string, target: ModelTarget): Model {
  const read = readSpec("sightline.yaml", text);
  if (read.status !== "ok") throw new Error(JSON.stringify(read.faults));
  const { model, faults } = compileSpec({
    document: read.document,
    project: "test",
    target,
    urls: {
      grafana: "https://grafana.example.org/base",
      alertmanager: "http://127.0.0.1:1",
      runbooks: undefined,
    },
    dashboards: [],
  });
  const errors = faults.filter(({ severity }) => severity === "error");
  if (errors.length > 0) throw new Error(JSON.stringify(errors));
  return model;
}

type Texts = Readonly<Record<string, string>>;

/** What the link to the lines opens. */
export function paneOf(annotations: Texts): { expr: string; from: string; to: string; at: string } {
  const url = new URL(annotations["logs_url"] ?? "");
  const panes = JSON.parse(url.searchParams.get("panes") ?? "") as Record<
    string,
    { queries: { expr: string }[]; range: { from: string; to: string } }
  >;
  const [pane] = Object.values(panes);
  const at = `${url.origin}${url.pathname}`;
  return { at, expr: pane?.queries[0]?.expr ?? "", ...(pane?.range ?? { from: "", to: "" }) };
}

export async function linesOf(
  lokiUrl: string,
  query: string,
  from?: string,
  to?: string,
): Promise<string[]> {
  const millis = (text: string | undefined, fallback: number): bigint =>
    BigInt(text === undefined ? fallback : Date.parse(text)) * 1_000_000n;
  const result = await queryLines(lokiUrl, {
    query,
    startNanos: millis(from, Date.now() - 3_600_000),
    endNanos: millis(to, Date.now() + 1_000),
    limit: 100,
    direction: "backward",
  });
  if (result.status !== "ok") throw new Error(`${query}: ${JSON.stringify(result)}`);
  return result.value.map(({ line }) => line);
}

type Entry = readonly [line: string, fields?: Readonly<Record<string, string>>];

export async function pushLines(lokiUrl: string): Promise<void> {
  const push = (
    service: string,
    kind: string,
    entries: readonly Entry[],
    ageMillis = 0,
  ): Promise<void> => pushEntries(lokiUrl, service, kind, entries, ageMillis);
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
    ["TypeError: cannot read x of undefined", { ...error, fp: "f1", n: "3" }],
  ]);
  await push("shop", "log", [["checkout slow", { tenant_id: '7"}} {{1}}' }]]);
  await push("legacy", "log", [
    ["no json"],
    ['{"level":"error","code":"E42"}'],
    ['{"level":"info"}'],
  ]);
}

async function pushEntries(
  lokiUrl: string,
  service: string,
  kind: string,
  entries: readonly Entry[],
  ageMillis: number,
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
  const response = await fetch(`${lokiUrl}/loki/api/v1/push`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ streams: [{ stream, values }] }),
  });
  if (!response.ok) throw new Error(`push ${service}: ${response.status} ${await response.text()}`);
}

/** A service that answers 40 requests a second: half of them in 2 to 2.5 s, a quarter with 500. */
export async function startExporter(): Promise<Server> {
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
