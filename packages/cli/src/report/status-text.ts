import { formatBytes, formatDuration } from "@sightline/core";
import type { Context } from "../context.ts";
import type { ServerStatusRow, StackStatus } from "../stack/status.ts";
import { type Painter, renderTable } from "./style.ts";

export function renderStatus(context: Context, status: StackStatus): string {
  const { paint } = context;
  if (status.mode === "none") return `${status.problems.join("\n")}\n`;
  const verdict = status.isHealthy ? paint("green", "healthy") : paint("red", "not healthy");
  const lines = [
    `Sightline is ${verdict} (${status.mode})`,
    "",
    renderServers(status.servers, paint),
    "",
    renderTable([
      ["youngest line in Loki", formatAge(status.youngestLineAgeSeconds)],
      ["youngest sample in Prometheus", formatAge(status.youngestSampleAgeSeconds)],
    ]),
  ];
  if (status.problems.length > 0) {
    lines.push("", ...status.problems.map((problem) => paint("red", `  ✗ ${problem}`)));
  }
  for (const server of status.servers) lines.push(...describeExit(server, paint));
  return `${lines.join("\n")}\n`;
}

export function renderServers(servers: readonly ServerStatusRow[], paint: Painter): string {
  const head = ["server", "version", "health", "memory", "disk", "up", "restarts", "url"];
  const rows = servers.map((server) => [
    server.name,
    server.version,
    paint(server.status === "healthy" ? "green" : "red", server.status),
    server.residentBytes === undefined ? "-" : formatBytes(server.residentBytes),
    server.storeBytes === undefined ? "-" : formatBytes(server.storeBytes),
    server.uptimeSeconds === undefined ? "-" : formatDuration(server.uptimeSeconds * 1_000),
    String(server.restarts),
    server.url,
  ]);
  return renderTable([head.map((cell) => paint("dim", cell)), ...rows]);
}

function formatAge(seconds: number | undefined): string {
  return seconds === undefined ? "none read back" : `${formatDuration(seconds * 1_000)} old`;
}

/** How a server last died, with what it said then: shown as long as its successor is young. */
export function describeExit(server: ServerStatusRow, paint: Painter): string[] {
  const exit = server.lastExit;
  if (!exit) return [];
  const how = exit.signal
    ? `by ${exit.signal}`
    : exit.code === null
      ? "unseen"
      : `with code ${exit.code}`;
  const when = new Date(exit.atUnixMillis).toISOString();
  const tail = exit.logTail.slice(-5).map((line) => paint("dim", `      ${line.slice(0, 300)}`));
  return [
    "",
    `  ${server.name} last ended ${how} at ${when}${tail.length > 0 ? "; it last said" : ""}`,
    ...tail,
  ];
}
