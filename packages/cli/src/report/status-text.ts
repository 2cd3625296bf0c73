import { formatBytes, formatDuration } from "@sightline/core";
import type { Context } from "../context.ts";
import type { UserCount } from "../query/users-today.ts";
import type { ServerStatusRow, StackStatus } from "../stack/status.ts";
import { renderAlerts } from "./alert-text.ts";
import { cleanLine } from "./clean-text.ts";
import { type Painter, renderTable } from "./style.ts";

const TAIL_LINES = 5;
const MAX_LINE_LENGTH = 300;
/** Past this, what ended the earlier run of a server that is well is history. */
const YOUNG_SECONDS = 600;

export interface StatusReport extends StackStatus {
  /** Distinct users of all services since midnight. Absent: Loki did not answer. */
  readonly usersToday?: UserCount;
  /** Distinct browsers of all apps since midnight. Absent: Loki did not answer, or refused to count so many. */
  readonly visitorsToday?: UserCount;
}

export function renderStatus(context: Context, status: StatusReport): string {
  const { paint } = context;
  if (status.mode === "none") return `${status.problems.join("\n")}\n`;
  const verdict = status.isHealthy ? paint("green", "healthy") : paint("red", "not healthy");
  const lines = [
    `Sightline is ${verdict} (${status.mode})`,
    "",
    renderServers(status.servers, paint),
    ...renderNotes(status.servers, paint),
    "",
    renderTable([
      ["heartbeat line read back from Loki", formatAge(status.youngestLineAgeSeconds)],
      ["heartbeat sample read back from Prometheus", formatAge(status.youngestSampleAgeSeconds)],
      ...(status.usersToday ? [["users today", formatUsers(status.usersToday)]] : []),
      // Of those who have no pages that send it would be a riddle.
      ...(status.visitorsToday && status.visitorsToday.users > 0
        ? [["visitors today, in browsers", formatUsers(status.visitorsToday)]]
        : []),
    ]),
    ...withGap(renderAlerts(context, status.alerts, Date.now())),
  ];
  if (status.problems.length > 0) {
    lines.push("", ...status.problems.map((problem) => paint("red", `  ✗ ${problem}`)));
  }
  for (const server of status.servers) {
    if (!isRecovered(server)) lines.push(...describeExit(server, paint));
    lines.push(...describeLog(server, paint));
  }
  return `${lines.join("\n")}\n`;
}

function withGap(lines: readonly string[]): readonly string[] {
  return lines.length > 0 ? ["", ...lines] : [];
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

/** What servers say of themselves that is no fault, each in a line. */
export function renderNotes(servers: readonly ServerStatusRow[], paint: Painter): string[] {
  return servers.flatMap(({ name, notes = [] }) =>
    notes.map((note) => paint("yellow", `  ${name}: ${cleanLine(note).slice(0, MAX_LINE_LENGTH)}`)),
  );
}

function formatUsers({ users, standardError }: UserCount): string {
  if (users === 0) return "none named; identify(userId) of @sightline/node names them";
  const number = users.toLocaleString("en");
  return standardError === 0 ? number : `about ${number}, give or take ${percent(standardError)}`;
}

function percent(share: number): string {
  return `${Number((100 * share).toFixed(1))} %`;
}

function formatAge(seconds: number | undefined): string {
  return seconds === undefined ? "none read back" : `${formatDuration(seconds * 1_000)} old`;
}

function isRecovered(server: ServerStatusRow): boolean {
  return server.status === "healthy" && (server.uptimeSeconds ?? 0) > YOUNG_SECONDS;
}

/** What a server says that runs and is not well. */
function describeLog(server: ServerStatusRow, paint: Painter): string[] {
  if (!server.logTail || server.logTail.length === 0) return [];
  return ["", `  ${server.name} says`, ...quoteTail(server.logTail, paint)];
}

function quoteTail(lines: readonly string[], paint: Painter): string[] {
  return lines
    .slice(-TAIL_LINES)
    .map((line) => paint("dim", `      ${cleanLine(line).slice(0, MAX_LINE_LENGTH)}`));
}

/** How a server last died, with what it said then. */
export function describeExit(server: ServerStatusRow, paint: Painter): string[] {
  const exit = server.lastExit;
  if (!exit) return [];
  const how = exit.signal
    ? `by ${exit.signal}`
    : exit.code === null
      ? "unseen"
      : `with code ${exit.code}`;
  const when = new Date(exit.atUnixMillis).toISOString();
  const tail = quoteTail(exit.logTail, paint);
  return [
    "",
    `  ${server.name} last ended ${how} at ${when}${tail.length > 0 ? "; it last said" : ""}`,
    ...tail,
  ];
}
