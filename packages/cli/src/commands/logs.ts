import { setTimeout as delay } from "node:timers/promises";
import { EXIT, LOKI_LABEL, parseDuration, severityFromText } from "@sightline/core";
import { type Context, serverUrl } from "../context.ts";
import { Failure } from "../failure.ts";
import { queryFailure } from "../query/failure.ts";
import { type LineFilter, lineQuery } from "../query/logql.ts";
import { type LogEntry, queryLabelValues, queryLines } from "../query/loki.ts";
import { formatEntry } from "../report/log-line.ts";
import { suggest } from "../report/suggest.ts";

export interface LogsOptions {
  readonly follow?: boolean;
  readonly since?: string;
  readonly grep?: string;
  readonly severity?: string;
  readonly limit?: string;
  readonly environment?: string;
  readonly host?: string;
  readonly kind?: string;
  readonly fields?: boolean;
  readonly json?: boolean;
}

interface LogsPlan {
  readonly filter: LineFilter;
  readonly sinceMillis: number;
  readonly limit: number;
}

const MAX_LIMIT = 100_000;
/** Loki's own upper bound for one answer (`max_entries_limit_per_query`). */
const PAGE_LINES = 5_000;
const FOLLOW_EVERY_MILLIS = 1_000;
/** Lines may arrive this late (a retry, a busy collector) and are still shown, once. */
const FOLLOW_LOOK_BACK_NANOS: bigint = 60_000_000_000n;

/** `sightline logs [service]`: what `docker logs` shows, for every service and every earlier run. */
export async function logsCommand(
  context: Context,
  service: string | undefined,
  options: LogsOptions,
): Promise<number> {
  const plan = planLogs(service, options);
  const print = (entry: LogEntry): void =>
    context.io.out(
      `${options.json ? JSON.stringify(entry) : formatEntry(entry, { paint: context.paint, showService: service === undefined, showFields: options.fields !== false })}\n`,
    );
  const endNanos = nowNanos();
  const entries = await readNewest(context, plan, endNanos);
  if (entries.length === 0 && !options.follow) return await explainEmpty(context, plan, service);
  for (const entry of entries) print(entry);
  if (options.follow) await follow(context, plan, endNanos, entries, print);
  return EXIT.ok;
}

/** Every wrong option is named at once. */
export function planLogs(service: string | undefined, options: LogsOptions): LogsPlan {
  const faults: string[] = [];
  const since = parseDuration(options.since ?? "1h");
  if (since.status === "invalid") faults.push(`--since: ${since.message}`);
  const limit = Number(options.limit ?? 1_000);
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT) {
    faults.push(`--limit: expected a whole number from 1 to ${MAX_LIMIT}, got "${options.limit}"`);
  }
  const severity = options.severity === undefined ? undefined : severityFromText(options.severity);
  if (options.severity !== undefined && severity === undefined) {
    faults.push(
      `--severity: expected trace, debug, info, warn, error or fatal, got "${options.severity}"`,
    );
  }
  if (faults.length > 0) throw new Failure(faults.join("\n"), { exitCode: EXIT.usage });
  return {
    filter: {
      service,
      environment: options.environment,
      host: options.host,
      kind: options.kind,
      grep: options.grep,
      minSeverity: severity,
    },
    sinceMillis: since.status === "ok" ? since.millis : 0,
    limit,
  };
}

/** The newest lines up to the limit, oldest first, page by page. */
async function readNewest(context: Context, plan: LogsPlan, endNanos: bigint): Promise<LogEntry[]> {
  const startNanos = endNanos - BigInt(plan.sinceMillis) * 1_000_000n;
  const newestFirst: LogEntry[] = [];
  const seen = new Set<string>();
  let pageEnd = endNanos;
  while (newestFirst.length < plan.limit) {
    const page = await readPage(context, plan.filter, startNanos, pageEnd, "backward");
    const fresh = page.filter((entry) => !seen.has(identityOf(entry)));
    if (fresh.length === 0) break;
    for (const entry of fresh) seen.add(identityOf(entry));
    newestFirst.push(...fresh);
    if (page.length < PAGE_LINES) break;
    // The end is exclusive, and other lines may share the oldest one's nanosecond.
    pageEnd = BigInt((page.at(-1) as LogEntry).timeNanos) + 1n;
  }
  return newestFirst.slice(0, plan.limit).reverse();
}

async function readPage(
  context: Context,
  filter: LineFilter,
  startNanos: bigint,
  endNanos: bigint,
  direction: "forward" | "backward",
): Promise<LogEntry[]> {
  const result = await queryLines(serverUrl(context, "loki"), {
    query: lineQuery(filter),
    startNanos,
    endNanos,
    limit: PAGE_LINES,
    direction,
  });
  if (result.status !== "ok") throw queryFailure(context, "Loki", result);
  return result.value;
}

async function follow(
  context: Context,
  plan: LogsPlan,
  fromNanos: bigint,
  printed: readonly LogEntry[],
  print: (entry: LogEntry) => void,
): Promise<never> {
  const seen = new Map(printed.map((entry) => [identityOf(entry), BigInt(entry.timeNanos)]));
  for (;;) {
    await delay(FOLLOW_EVERY_MILLIS);
    const endNanos = nowNanos();
    const startNanos = endNanos - FOLLOW_LOOK_BACK_NANOS;
    const entries = await readPage(context, plan.filter, startNanos, endNanos, "forward");
    for (const entry of entries) {
      const isOld = BigInt(entry.timeNanos) < fromNanos - FOLLOW_LOOK_BACK_NANOS;
      if (isOld || seen.has(identityOf(entry))) continue;
      seen.set(identityOf(entry), BigInt(entry.timeNanos));
      print(entry);
    }
    for (const [identity, time] of seen) if (time < startNanos) seen.delete(identity);
  }
}

async function explainEmpty(
  context: Context,
  plan: LogsPlan,
  service: string | undefined,
): Promise<number> {
  const known = await queryLabelValues(serverUrl(context, "loki"), LOKI_LABEL.serviceName);
  const services = known.status === "ok" ? known.value : [];
  const since = `the last ${Math.round(plan.sinceMillis / 60_000)} minutes`;
  if (service !== undefined && !services.includes(service)) {
    throw new Failure(`no service "${service}" has sent a line in the last 7 days`, {
      advice: [suggest(service, services), `services that have: ${services.join(", ") || "none"}`],
    });
  }
  context.io.err(`no line matches in ${since}; try a longer --since, or fewer filters\n`);
  return EXIT.ok;
}

function identityOf(entry: LogEntry): string {
  return `${entry.timeNanos} ${entry.fields[LOKI_LABEL.serviceName]} ${entry.line}`;
}

function nowNanos(): bigint {
  return BigInt(Date.now()) * 1_000_000n;
}
