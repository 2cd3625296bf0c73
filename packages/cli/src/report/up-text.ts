import { formatDuration } from "@sightline/core";
import { type Context, serverUrl } from "../context.ts";
import { grafanaSecretsOf } from "../docker/secrets.ts";
import type { ReadBack } from "../readback/read-back.ts";
import { EXAMPLE_PAGE_SERVICE_NAME } from "../stack/example-app.ts";
import type { StackMode } from "../stack/spec.ts";
import type { StackStatus } from "../stack/status.ts";
import { renderAlerts } from "./alert-text.ts";
import { cleanLine } from "./clean-text.ts";
import { formatEntry } from "./log-line.ts";
import { describeExit, renderNotes, renderServers } from "./status-text.ts";
import { type Painter, renderTable } from "./style.ts";

export interface UpReport {
  readonly mode: StackMode;
  readonly elapsedMillis: number;
  readonly readBack: readonly ReadBack[];
  readonly status: StackStatus;
}

/** What `up` found, for people: signals read back, servers, URLs, and what to do next. */
export function renderUp(context: Context, report: UpReport): string {
  const { paint } = context;
  const isWell = report.readBack.every((signal) => signal.status === "read");
  const took = formatDuration(report.elapsedMillis);
  const title = isWell
    ? paint(
        ["bold", "green"],
        `Sightline is up (${report.mode}, ${took}), and every signal was read back`,
      )
    : paint(
        ["bold", "red"],
        `Sightline started (${report.mode}, ${took}), but not every signal was read back`,
      );
  const parts = [
    `\n${title}`,
    report.readBack.map((signal) => describeSignal(context, signal)).join("\n"),
    [
      renderServers(report.status.servers, paint),
      ...renderNotes(report.status.servers, paint),
    ].join("\n"),
  ];
  const exits = report.status.servers
    .filter((server) => server.status !== "healthy")
    .flatMap((server) => describeExit(server, paint));
  if (exits.length > 0) parts.push(exits.slice(1).join("\n"));
  const alerts = renderAlerts(context, report.status.alerts, Date.now());
  if (alerts.length > 0) parts.push(alerts.join("\n"));
  parts.push(nextSteps(context, report));
  return `${parts.join("\n\n")}\n`;
}

function describeSignal(context: Context, found: ReadBack): string {
  const { paint } = context;
  const name = (text: string): string => paint("bold", text.padEnd(8));
  if (found.status === "lost") {
    return `  ${paint("red", "✗")} ${name(found.signal)} ${paint("red", found.hop)}\n             next: ${found.advice}`;
  }
  const mark = `  ${paint("green", "✓")}`;
  switch (found.signal) {
    case "logs":
      return `${mark} ${name("logs")} ${describeLogs(found, paint)}`;
    case "metrics":
      return `${mark} ${name("metrics")} ${found.requests} requests counted, ${Math.round(found.requestsPerMinute)} per minute in the last minute${found.p95Seconds === undefined ? "" : `, p95 ${formatSeconds(found.p95Seconds)}`} ${paint("dim", "read back from Prometheus")}`;
    case "heartbeat":
      return `${mark} ${name("metrics")} ${found.serversUp} servers report healthy ${paint("dim", "read back from Prometheus")}`;
    case "traces":
      return `${mark} ${name("traces")} ${found.spans} ${found.spans === 1 ? "span" : "spans"} ${found.isStored ? paint("dim", "stored in Tempo") : `accepted ${paint("dim", "by the collector and counted; this stack has no trace store")}`}`;
  }
}

function describeLogs(
  found: Extract<ReadBack, { signal: "logs"; status: "read" }>,
  paint: Painter,
): string {
  const counts = Object.entries(found.bySeverity);
  const total = counts.reduce((sum, [, count]) => sum + count, 0);
  const bySeverity = counts
    .sort(([, a], [, b]) => b - a)
    .map(([severity, count]) => `${count} ${cleanLine(severity)}`)
    .join(", ");
  const entry = { ...found.sample, line: summarize(found.sample.line) };
  const sample = formatEntry(entry, { paint, showService: false, showFields: false });
  return `${total} ${total === 1 ? "line" : "lines"} of "${found.service}": ${bySeverity} ${paint("dim", "read back from Loki")}\n             ${sample}`;
}

/** A message often says only that something failed, and the error below it what did. */
function summarize(line: string): string {
  const [message = "", error] = line.split("\n", 2);
  return error && !/^\s/.test(error) ? `${message}: ${error}` : message;
}

function formatSeconds(seconds: number): string {
  return seconds < 1 ? `${Math.round(seconds * 1_000)} ms` : `${seconds.toFixed(2)} s`;
}

function nextSteps(context: Context, report: UpReport): string {
  const { self, paint } = context;
  const hasExample = report.status.servers.some((server) => server.name === "board");
  const hasPage = hasExample && report.status.servers.some(({ name }) => name === "gateway");
  const service = hasExample ? "board" : "sightline";
  const rows = [
    ...(hasExample ? [["click through the example", serverUrl(context, "board")]] : []),
    ...(hasPage
      ? [["break its page, then read it", `${self} logs ${EXAMPLE_PAGE_SERVICE_NAME}`]]
      : []),
    ...describeGrafana(context, report),
    ["follow its log", `${self} logs ${service} -f`],
    ["only what went wrong", `${self} logs --severity error --since 1h`],
    ["is it all well?", `${self} status`],
    ["send your own", `OTEL_EXPORTER_OTLP_ENDPOINT=${serverUrl(context, "otlp")}`],
    ["stop it", `${self} down`],
  ];
  return `${paint("bold", "  Next")}\n${renderTable(
    rows.map(([what = "", how = ""]) => [what, paint("cyan", how)]),
    2,
  )}`;
}

function describeGrafana(context: Context, report: UpReport): string[][] {
  const hasGrafana = report.status.servers.some((server) => server.name === "grafana");
  if (report.mode !== "docker" || !hasGrafana) return [];
  const { passwordFile } = grafanaSecretsOf(context.paths);
  return [
    ["open Grafana", serverUrl(context, "grafana")],
    ["its password (user admin)", `cat ${quoteForShell(passwordFile)}`],
  ];
}

function quoteForShell(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
