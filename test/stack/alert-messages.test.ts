import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { emitStack } from "../../packages/cli/src/emit/stack/emit-stack.ts";
import { queryLokiVector } from "../../packages/cli/src/query/loki.ts";
import {
  EVIL_SERVICE,
  linesOf,
  messageModel,
  modelOf,
  paneOf,
  pushLines,
  STACK,
  startExporter,
} from "../harness/message-cases.ts";
import { type Rulers, startRulers, type ToldAlert } from "../harness/rulers.ts";
import { until } from "../harness/until.ts";

let rulers: Rulers;
let exporter: Server;

beforeAll(async () => {
  const model = messageModel({ kind: "stack", name: "local", data: undefined });
  exporter = await startExporter();
  const { port } = exporter.address() as AddressInfo;
  rulers = await startRulers({
    files: emitStack(model).filter(({ path }) => path.includes("/rules/")),
    // Loki's own default, which other people's Lokis have.
    maxQuerySeries: 500,
    scrape: `127.0.0.1:${port}`,
  });
  await pushLines(rulers.lokiUrl);
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
    `2 {{ .Evil }} $x {"a": 1} \${y} in \u2028 api (1.2.4, 2 users): ${STACK}`,
  );
  expect(annotations["summary"]).toBe(STACK.replaceAll(/\s+/g, " "));
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
  expect(await linesOf(rulers.lokiUrl, query)).toEqual(expect.arrayContaining([STACK]));
  const pane = paneOf(annotations);
  expect(pane.at).toBe("https://grafana.example.org/base/explore");
  expect(pane.expr).toBe(query);
  expect(await linesOf(rulers.lokiUrl, query, pane.from, pane.to)).toHaveLength(2);
});

test("names that mean something in LogQL, JSON, addresses and templates break nothing", async () => {
  const { annotations, labels } = await firing("Any service");
  expect(labels["service_name"]).toBe(EVIL_SERVICE);
  expect(annotations["line"]).toBe("card {{lost}} by nobody");
  expect(annotations["summary"]).toBe(`Any service: 1 line in 5m in ${EVIL_SERVICE}`);
  const pane = paneOf(annotations);
  expect(pane.expr).toBe(annotations["logs_query"]);
  expect(await linesOf(rulers.lokiUrl, pane.expr, pane.from, pane.to)).toEqual([
    "card {{lost}} by nobody",
  ]);
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
  expect(annotations["summary"]).toBe("New error: cannot read * of undefined in web");
  expect(annotations["count"]).toBe("3");
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

const FORMS = [
  'log: {service: [a, "b.c"], environment: x, host: h, severity: warn}, when: more than 3 in 1h',
  'log: {without: ["x", "y\\""], matches: "a{2,3}`"}, when: any in 5m, by: [host, code]',
  "log: {parse: logfmt, fields: {a.b: 1}}, when: any in 5m",
  "log: {kind: error}, when: at least 2 in 30m",
  'log: {query: "{kind=~\\".+\\"} | json | x > 5"}, when: any in 2d',
  "log: {contains: x}, when: none in 1h, by: service",
  "log: {service: a}, when: at most 3 in 90s",
  "crash: {}, when: more than 2 in 10m",
  "new_error: {service: [a, b], unseen_for: 30d}, by: release",
  "absent: {service: a, logs: true}",
];

test("Loki answers every form of query on stock limits, those of the facts too", async () => {
  const model = modelOf(FORMS.map((form, index) => `  - {name: "Form ${index}", ${form}}`));
  expect(model.rules).toHaveLength(FORMS.length);
  for (const { expression, message } of model.rules) {
    const facts = message.facts.map(({ query }) => query);
    const all = expression.kind === "conditions" ? expression.all.map(({ query }) => query) : [];
    for (const query of [
      ...all,
      ...facts,
      ...facts.map((fact) => `(${fact}) or on () vector(0)`),
    ]) {
      const result = await queryLokiVector(rulers.lokiUrl, query);
      expect(result, query).toMatchObject({ status: "ok" });
    }
  }
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
