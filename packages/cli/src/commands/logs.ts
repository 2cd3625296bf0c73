import { EXIT, formatDuration, KINDS, parseDuration, severityFromText } from "@sightline/core";
import { type Context, serverUrl } from "../context.ts";
import { Failure } from "../failure.ts";
import { queryFailure } from "../query/failure.ts";
import { requireKnownService } from "../query/known-service.ts";
import { PAGE_LINES, readPages } from "../query/line-pages.ts";
import { type LineFilter, lineQuery } from "../query/logql.ts";
import type { LogEntry } from "../query/loki.ts";
import { formatEntry } from "../report/log-line.ts";
import { createSeenLines, follow, markSeen, nowNanos } from "./follow.ts";

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

export interface LogsPlan {
  readonly filter: LineFilter;
  readonly sinceMillis: number;
  readonly limit: number;
}

const MAX_LIMIT = 100_000;

/** `sightline logs [service]`: what `docker logs` shows, for every service and every earlier run. */
export async function logsCommand(
  context: Context,
  service: string | undefined,
  options: LogsOptions,
): Promise<number> {
  const plan = planLogs(service, options);
  const print = createPrinter(context, service, options);
  const endNanos = nowNanos();
  if (!options.follow) {
    const entries = await readNewest(context, plan, endNanos);
    if (entries.length === 0) return await explainEmpty(context, plan, service);
    entries.forEach(print);
    return EXIT.ok;
  }
  const query = lineQuery(plan.filter);
  const seen = createSeenLines();
  // First what is there, then what is shown of it: a line that comes in between is in one of both.
  await markSeen(context, query, endNanos, seen);
  const entries = await readNewest(context, plan, endNanos);
  for (const entry of entries) {
    seen.add(entry);
    print(entry);
  }
  if (entries.length === 0) context.io.err("no line yet; waiting for new ones\n");
  return await follow(context, query, endNanos, seen, print);
}

function createPrinter(
  context: Context,
  service: string | undefined,
  options: LogsOptions,
): (entry: LogEntry) => void {
  const shape = {
    paint: context.paint,
    showService: service === undefined,
    showFields: options.fields !== false,
  };
  const toText = (entry: LogEntry): string =>
    options.json ? JSON.stringify(entry) : formatEntry(entry, shape);
  return (entry) => context.io.out(`${toText(entry)}\n`);
}

/** Every wrong option is named at once. */
export function planLogs(service: string | undefined, options: LogsOptions): LogsPlan {
  const faults: string[] = [];
  const since = parseDuration(options.since ?? "1h");
  if (since.status === "invalid") faults.push(`--since: ${since.message}`);
  else if (since.millis === 0) {
    faults.push(`--since: expected more than nothing, got "${options.since}"; for example 15m`);
  }
  const limit = Number(/^\d+$/.exec(options.limit ?? "1000")?.[0]);
  if (!(limit >= 1 && limit <= MAX_LIMIT)) {
    faults.push(`--limit: expected a whole number from 1 to ${MAX_LIMIT}, got "${options.limit}"`);
  }
  const severity = options.severity === undefined ? undefined : severityFromText(options.severity);
  if (options.severity !== undefined && severity === undefined) {
    faults.push(
      `--severity: expected trace, debug, info, warn, error or fatal, got "${options.severity}"`,
    );
  }
  if (options.kind !== undefined && !KINDS.some((kind) => kind === options.kind)) {
    faults.push(`--kind: expected one of ${KINDS.join(", ")}, got "${options.kind}"`);
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

/** The newest lines up to the limit, oldest first. */
async function readNewest(context: Context, plan: LogsPlan, endNanos: bigint): Promise<LogEntry[]> {
  const newestFirst: LogEntry[] = [];
  const pages = readPages({
    lokiUrl: serverUrl(context, "loki"),
    query: lineQuery(plan.filter),
    startNanos: endNanos - BigInt(plan.sinceMillis) * 1_000_000n,
    endNanos,
    direction: "backward",
    // One more than is shown, because a full page keeps back the lines of its last nanosecond.
    pageLines: Math.min(PAGE_LINES, plan.limit + 1),
  });
  while (newestFirst.length < plan.limit) {
    const page = await pages.next();
    if (page.done && page.value) throw queryFailure(context, "Loki", page.value);
    if (page.done) break;
    newestFirst.push(...page.value.entries);
    if (page.value.isCrowded && newestFirst.length < plan.limit) warnCrowded(context, page.value);
  }
  return newestFirst.slice(0, plan.limit).reverse();
}

function warnCrowded(context: Context, { entries }: { entries: readonly LogEntry[] }): void {
  const count = entries.length;
  context.io.err(
    `more than ${count} lines have the time ${entries[0]?.timeNanos} ns; ${count} of them are shown; narrow them down by --host, --severity or --grep\n`,
  );
}

async function explainEmpty(
  context: Context,
  plan: LogsPlan,
  service: string | undefined,
): Promise<number> {
  await requireKnownService(context, service);
  const since = `the last ${formatDuration(plan.sinceMillis)}`;
  context.io.err(`no line matches in ${since}; try a longer --since, or fewer filters\n`);
  return EXIT.ok;
}
