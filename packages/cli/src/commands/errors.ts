import { ATTRIBUTE, EXIT, formatDuration, LOKI_LABEL, parseDuration } from "@sightline/core";
import { type Context, serverUrl } from "../context.ts";
import { parseTrail } from "../errors/parse-trail.ts";
import type { Problem } from "../errors/problem.ts";
import { readNewestOccurrence } from "../errors/read-occurrence.ts";
import { type ProblemFilter, readProblems } from "../errors/read-problems.ts";
import { resolveLate } from "../errors/resolve-late.ts";
import { Failure } from "../failure.ts";
import { queryFailure } from "../query/failure.ts";
import { requireKnownService } from "../query/known-service.ts";
import { queryLabelValues } from "../query/loki.ts";
import { cleanLine } from "../report/clean-text.ts";
import { renderProblems, summarizeProblems } from "../report/problem-list.ts";
import { type ProblemReport, renderProblem } from "../report/problem-text.ts";

export interface ErrorsOptions {
  readonly since?: string;
  readonly limit?: string;
  readonly environment?: string;
  readonly host?: string;
  readonly release?: string;
  readonly json?: boolean;
}

export interface ErrorsPlan {
  readonly filter: ProblemFilter;
  readonly windowMillis: number;
  readonly limit: number;
}

const MAX_LIMIT = 1_000;
/** Loki refuses ranges past 721 hours on stock limits. */
const MAX_WINDOW_MILLIS = 30 * 86_400_000;
/** A table in a file or a pipe has no edge; past this its lines are hard to read anywhere. */
const FILE_COLUMNS = 160;
const MAX_CANDIDATES = 10;

/** `sightline errors [service]`: what goes wrong, by how many people it hits. */
export async function errorsCommand(
  context: Context,
  service: string | undefined,
  options: ErrorsOptions,
): Promise<number> {
  const plan = planErrors(service, options);
  const problems = await readProblems(context, plan.filter, windowOf(plan.windowMillis));
  if (problems.length === 0) return await explainEmpty(context, plan, service);
  const shown = problems.slice(0, plan.limit);
  const { io, paint } = context;
  if (options.json) {
    for (const problem of shown) io.out(`${JSON.stringify(problem)}\n`);
    return EXIT.ok;
  }
  const columns = io.isTty ? io.columns() : FILE_COLUMNS;
  const table = renderProblems(shown, { paint, columns, nowMillis: Date.now() });
  io.out(`${table}\n\n${summarizeProblems(problems, shown.length, plan.windowMillis)}\n`);
  io.out(paint("dim", `${context.self} errors show <id>   its stack, and what led to it\n`));
  return EXIT.ok;
}

/** Every wrong option is named at once. */
export function planErrors(service: string | undefined, options: ErrorsOptions): ErrorsPlan {
  const faults: string[] = [];
  const window = parseWindow(options.since ?? "24h", faults);
  const limit = Number(/^\d+$/.exec(options.limit ?? "20")?.[0]);
  if (!(limit >= 1 && limit <= MAX_LIMIT)) {
    faults.push(`--limit: expected a whole number from 1 to ${MAX_LIMIT}, got "${options.limit}"`);
  }
  if (faults.length > 0) throw new Failure(faults.join("\n"), { exitCode: EXIT.usage });
  const { environment, host, release } = options;
  return { filter: { service, environment, host, release }, windowMillis: window, limit };
}

function parseWindow(text: string, faults: string[]): number {
  const since = parseDuration(text);
  if (since.status === "invalid") faults.push(`--since: ${since.message}`);
  else if (since.millis < 1_000 || since.millis > MAX_WINDOW_MILLIS) {
    faults.push(`--since: expected 1s to 30d, got "${text}"; for example 7d`);
  }
  return since.status === "ok" ? since.millis : 0;
}

function windowOf(millis: number): string {
  return `${Math.ceil(millis / 1_000)}s`;
}

async function explainEmpty(
  context: Context,
  { windowMillis }: ErrorsPlan,
  service: string | undefined,
): Promise<number> {
  await requireKnownService(context, service);
  const ofWhom = service === undefined ? "" : ` of ${service}`;
  context.io.err(`no error${ofWhom} in the last ${formatDuration(windowMillis)}\n`);
  const kinds = await queryLabelValues(serverUrl(context, "loki"), LOKI_LABEL.kind);
  if (kinds.status !== "ok") throw queryFailure(context, "Loki", kinds);
  context.io.err(
    kinds.value.includes("error")
      ? "  try a longer --since, for example --since 7d\n"
      : "  nobody told one in the last 7 days; pages with @sightline/browser, services with " +
          "@sightline/node and the agent do\n",
  );
  return EXIT.ok;
}

/** `sightline errors show <id>`: one problem, with its newest stack in the words of the source. */
export async function showErrorCommand(
  context: Context,
  id: string,
  options: { readonly since?: string; readonly json?: boolean },
): Promise<number> {
  const problem = await findProblem(context, id.trim().toLowerCase(), options.since);
  const occurrence = await readNewestOccurrence(context, problem);
  const newest = occurrence && {
    ...occurrence,
    stack: resolveLate(context, occurrence.entry),
    trail: parseTrail(occurrence.entry.fields[ATTRIBUTE.trail]),
  };
  if (options.json) context.io.out(`${JSON.stringify(toJson({ problem, newest }))}\n`);
  else context.io.out(renderProblem({ problem, newest }, context.paint));
  return EXIT.ok;
}

function toJson({ problem, newest }: ProblemReport): object {
  if (newest === undefined) return { ...problem, newest: null };
  const { entry, stack, trail, traceLines } = newest;
  const { text, resolvedFrames, reasons } = stack;
  const unresolved = Object.fromEntries(reasons);
  return {
    ...problem,
    newest: { ...entry, stack: text, resolvedFrames, unresolved, trail, traceLines },
  };
}

/** The one problem of which the fingerprint begins so. */
async function findProblem(
  context: Context,
  fpPrefix: string,
  since: string | undefined,
): Promise<Problem> {
  if (!/^[0-9a-f]{1,16}$/.test(fpPrefix)) {
    const message = `expected an id or its beginning, 1 to 16 digits of 0-9 and a-f, got "${fpPrefix}"; ${context.self} errors lists them`;
    throw new Failure(message, { exitCode: EXIT.usage });
  }
  const faults: string[] = [];
  const windowMillis = parseWindow(since ?? "7d", faults);
  if (faults.length > 0) throw new Failure(faults.join("\n"), { exitCode: EXIT.usage });
  const [meant, ...others] = await readProblems(context, { fpPrefix }, windowOf(windowMillis));
  if (meant === undefined) {
    const window = formatDuration(windowMillis);
    throw new Failure(`no problem of the last ${window} has an id that begins with "${fpPrefix}"`, {
      advice: [`${context.self} errors --since 30d   lists them; show takes --since, too`],
    });
  }
  const ids = new Set([meant, ...others].map(({ fp }) => fp));
  if (ids.size > 1) {
    throw new Failure(`${ids.size} ids begin with "${fpPrefix}"; give more of the one`, {
      advice: [meant, ...others].slice(0, MAX_CANDIDATES).map(describeCandidate),
    });
  }
  return meant;
}

function describeCandidate({ fp, service, template }: Problem): string {
  return cleanLine(`${fp}   ${service}: ${template}`);
}
