import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { formatBytes, LOKI_LABEL, PROMETHEUS, STACK_SERVICE_NAME } from "@sightline/core";
import { type Context, serverUrl } from "../context.ts";
import { readDockerServers } from "../docker/servers.ts";
import type { AlertSummary } from "../live/stack/alert-summary.ts";
import { lineQuery } from "../query/logql.ts";
import { queryLines } from "../query/loki.ts";
import { queryNumber } from "../query/prometheus.ts";
import { readLogTail } from "./log-file.ts";
import { readProgramNotes } from "./node-program.ts";
import { NODE_PROGRAMS } from "./node-programs.ts";
import { MIN_DATA_FREE_BYTES, readFreeBytes } from "./preflight.ts";
import { isAlive, readUsage } from "./process.ts";
import { readSpec, type ServerSpec } from "./spec.ts";
import { readState, type ServerState, type StackState } from "./state.ts";
import { findSupervisor } from "./supervisor.ts";

export interface ServerStatusRow {
  readonly name: string;
  readonly title: string;
  readonly version: string;
  readonly status: string;
  readonly url: string;
  readonly pid?: number;
  readonly residentBytes?: number;
  readonly cpuSeconds?: number;
  readonly uptimeSeconds?: number;
  readonly storeBytes?: number;
  readonly restarts: number;
  readonly logFile?: string;
  readonly lastExit?: ServerState["lastExit"];
  /** The last lines of one that runs and is not well. */
  readonly logTail?: readonly string[];
  /** What it says of itself that is no fault of it, as that no Docker engine answers. */
  readonly notes?: readonly string[];
}

export interface StackStatus {
  readonly mode: "none" | "embedded" | "docker";
  readonly isHealthy: boolean;
  readonly supervisorAlive: boolean;
  readonly servers: readonly ServerStatusRow[];
  /** Age of the youngest heartbeat line that Loki gave back; undefined: none in an hour. */
  readonly youngestLineAgeSeconds?: number;
  /** Age of the youngest heartbeat sample that Prometheus gave back; undefined: none in 5 minutes. */
  readonly youngestSampleAgeSeconds?: number;
  readonly problems: readonly string[];
  /** What the alerts are doing; undefined where neither Prometheus nor Loki runs. */
  readonly alerts?: AlertSummary;
}

/** The heartbeat comes every 15 s; a line older than this means that the path is broken somewhere. */
const MAX_AGE_SECONDS = 60;
const TAIL_LINES = 5;

export async function readStackStatus(context: Context): Promise<StackStatus> {
  const state = readState(context.paths.state);
  const isDocker = readSpec(context.paths.spec)?.mode === "docker";
  // With Docker the supervisor still keeps the example and the heartbeat.
  const rows = await addNotes(context, [
    ...(isDocker ? await readDockerServers(context) : []),
    ...readEmbeddedRows(context, state),
  ]);
  if (rows.length === 0) {
    return {
      mode: "none",
      isHealthy: false,
      supervisorAlive: false,
      servers: [],
      problems: [await explainNothing(context)],
    };
  }
  const supervisorAlive = isAlive(state?.supervisor);
  const [lineAge, sampleAge, alerts] = await Promise.all([
    readLineAge(context),
    readSampleAge(context),
    readAlerts(context),
  ]);
  const found = findProblems({ context, rows, supervisorAlive, lineAge, sampleAge });
  const problems = [...found, ...(alerts?.problems ?? [])];
  return {
    mode: isDocker ? "docker" : "embedded",
    isHealthy: problems.length === 0,
    supervisorAlive,
    servers: rows,
    ...(lineAge !== undefined && { youngestLineAgeSeconds: lineAge }),
    ...(sampleAge !== undefined && { youngestSampleAgeSeconds: sampleAge }),
    problems,
    ...(alerts && { alerts }),
  };
}

/** Loaded only where something runs: it brings the parsers of the servers' files along. */
async function readAlerts(context: Context): Promise<AlertSummary | undefined> {
  const { readAlertSummary } = await import("../live/stack/alert-summary.ts");
  return readAlertSummary(context);
}

async function addNotes(
  context: Context,
  rows: readonly ServerStatusRow[],
): Promise<readonly ServerStatusRow[]> {
  return await Promise.all(
    rows.map(async (row) => {
      const program = NODE_PROGRAMS.find(({ name }) => name === row.name);
      if (program === undefined || row.status !== "healthy") return row;
      const notes = await readProgramNotes(context, program);
      return notes.length > 0 ? { ...row, notes } : row;
    }),
  );
}

async function explainNothing(context: Context): Promise<string> {
  const { self, paths } = context;
  const supervisor = await findSupervisor(paths);
  return supervisor
    ? `the supervisor runs (process ${supervisor.pid}), but "${paths.state}" cannot be understood; \`${self} up\` writes it anew`
    : `nothing runs; \`${self} up\` starts the stack`;
}

function readEmbeddedRows(context: Context, state: StackState | undefined): ServerStatusRow[] {
  const spec = readSpec(context.paths.spec);
  const isUp =
    isAlive(state?.supervisor) || state?.servers.some((server) => isAlive(server.process));
  if (!state || !spec || !isUp) return [];
  return state.servers.map((server) =>
    readEmbeddedRow(
      server,
      spec.servers.find((entry) => entry.name === server.name),
    ),
  );
}

function readEmbeddedRow(server: ServerState, spec: ServerSpec | undefined): ServerStatusRow {
  const isRunning = isAlive(server.process);
  const isUnwell = isRunning && server.status !== "healthy";
  return {
    name: server.name,
    title: spec?.title ?? server.name,
    version: spec?.version ?? "",
    status: server.process && !isRunning ? "dead" : server.status,
    url: spec ? new URL(spec.healthUrl).origin : "",
    restarts: server.restarts,
    logFile: server.logFile,
    ...(server.process && { pid: server.process.pid }),
    ...(server.process && readUsage(server.process)),
    ...(spec?.storeDirectory && { storeBytes: sizeOfTree(spec.storeDirectory) }),
    ...(server.lastExit && { lastExit: server.lastExit }),
    ...(isUnwell && { logTail: readLogTail(server.logFile, 0, TAIL_LINES) }),
  };
}

/** Seconds since the stack's own youngest line, read back: a busy sender must not hide a dead path. */
async function readLineAge(context: Context): Promise<number | undefined> {
  const now = Date.now();
  const result = await queryLines(serverUrl(context, "loki"), {
    query: lineQuery({ service: STACK_SERVICE_NAME }),
    startNanos: BigInt(now - 3_600_000) * 1_000_000n,
    endNanos: BigInt(now + 60_000) * 1_000_000n,
    limit: 1,
    direction: "backward",
  });
  const youngest = result.status === "ok" ? result.value[0] : undefined;
  if (!youngest) return undefined;
  return Math.max(0, (now - Number(BigInt(youngest.timeNanos) / 1_000_000n)) / 1_000);
}

/** Seconds since the youngest sample of the stack's own heartbeat, read back from Prometheus. */
function readSampleAge(context: Context): Promise<number | undefined> {
  const series = `${PROMETHEUS.stackServerUp}{${LOKI_LABEL.serviceName}="${STACK_SERVICE_NAME}"}`;
  return queryNumber(serverUrl(context, "prometheus"), `time() - max(timestamp(${series}))`);
}

interface Findings {
  readonly context: Context;
  readonly rows: readonly ServerStatusRow[];
  readonly supervisorAlive: boolean;
  readonly lineAge: number | undefined;
  readonly sampleAge: number | undefined;
}

function findProblems(found: Findings): string[] {
  const { context, rows, lineAge, sampleAge } = found;
  const problems = rows
    .filter((row) => row.status !== "healthy")
    .map((row) => `${row.name} is ${row.status}${row.logFile ? `; its log: ${row.logFile}` : ""}`);
  if (!found.supervisorAlive) {
    problems.push(
      `the supervisor is gone, so nobody restarts what dies or sends the heartbeat; \`${context.self} up\` starts a new one, which takes over the running servers`,
    );
  }
  const freeBytes = readFreeBytes(context.paths.data);
  if (freeBytes < MIN_DATA_FREE_BYTES) {
    problems.push(
      `only ${formatBytes(freeBytes)} free where "${context.paths.data}" is; the stores stop taking data when it is full; free some space, or shorten SIGHTLINE_LOG_RETENTION`,
    );
  }
  if (lineAge === undefined) {
    problems.push(
      "Loki gave back no heartbeat of the last hour: what is sent does not arrive, or is not stored",
    );
  } else if (lineAge > MAX_AGE_SECONDS) {
    problems.push(
      `the youngest heartbeat in Loki is ${Math.round(lineAge)} s old, though the stack writes one every 15 s`,
    );
  }
  if (sampleAge === undefined || sampleAge > MAX_AGE_SECONDS) {
    const age = sampleAge === undefined ? "missing" : `${Math.round(sampleAge)} s old`;
    problems.push(
      `the youngest heartbeat sample in Prometheus is ${age}, though the stack writes one every 15 s`,
    );
  }
  return problems;
}

function sizeOfTree(directory: string): number {
  try {
    return readdirSync(directory, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .reduce((sum, entry) => sum + blocksOf(join(entry.parentPath, entry.name)), 0);
  } catch {
    return 0;
  }
}

/** What a file takes on the disk, as `du` counts; Prometheus' files are larger than what they hold. */
function blocksOf(path: string): number {
  return (statSync(path, { throwIfNoEntry: false })?.blocks ?? 0) * 512;
}
