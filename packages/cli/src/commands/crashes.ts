import { EXIT, formatDuration, LOKI_LABEL, parseCrashBody, parseDuration } from "@sightline/core";
import { type Context, serverUrl } from "../context.ts";
import { type JoinedCrash, joinReports } from "../crashes/join-reports.ts";
import { type LinesBefore, readLinesBefore } from "../crashes/lines-before.ts";
import { type CrashFilter, readBody, readCrashes } from "../crashes/read-crashes.ts";
import { isCrash, type StoredCrash } from "../crashes/stored-crash.ts";
import { Failure } from "../failure.ts";
import { queryFailure } from "../query/failure.ts";
import { requireKnownService } from "../query/known-service.ts";
import { queryLabelValues } from "../query/loki.ts";
import { cleanLine } from "../report/clean-text.ts";
import { renderCrashes, summarizeCrashes, wordsOf } from "../report/crash-list.ts";
import { renderCrash } from "../report/crash-text.ts";
import { formatLocalTime } from "../report/local-time.ts";

export interface CrashesOptions {
  readonly since?: string;
  readonly limit?: string;
  readonly all?: boolean;
  readonly environment?: string;
  readonly host?: string;
  readonly json?: boolean;
}

export interface CrashesPlan {
  readonly filter: CrashFilter;
  readonly sinceMillis: number;
  readonly limit: number;
}

const MAX_LIMIT = 10_000;
/** A table in a file or a pipe has no edge; past this its lines are hard to read anywhere. */
const FILE_COLUMNS = 160;
/** As long as Loki keeps lines by default, and as much as it searches at once on stock limits. */
const SHOW_SINCE_MILLIS = 30 * 86_400_000;
const MAX_CANDIDATES = 10;

/** `sightline crashes [service]`: who died, when and why. */
export async function crashesCommand(
  context: Context,
  service: string | undefined,
  options: CrashesOptions,
): Promise<number> {
  const plan = planCrashes(service, options);
  const nowMillis = Date.now();
  const found = await readCrashes(context, plan.filter, lastMillis(nowMillis, plan.sinceMillis));
  const deaths = joinReports(found.crashes).map(({ crash }) => crash);
  const crashes = options.all ? deaths : deaths.filter(isCrash);
  const shown = crashes.slice(0, plan.limit);
  if (crashes.length === 0) return await explainEmpty(context, plan, service, deaths.length);
  const { io, paint } = context;
  if (options.json) {
    for (const { timeNanos: _, ...crash } of shown) io.out(`${JSON.stringify(crash)}\n`);
    return EXIT.ok;
  }
  const columns = io.isTty ? io.columns() : FILE_COLUMNS;
  const summary = summarizeCrashes({
    crashes,
    shown: shown.length,
    isCut: found.isCut,
    nowMillis,
  });
  io.out(`${renderCrashes(shown, { paint, columns })}\n\n${summary}\n`);
  io.out(paint("dim", `${context.self} crashes show <crash id>   the lines before it\n`));
  return EXIT.ok;
}

/** Every wrong option is named at once. */
export function planCrashes(service: string | undefined, options: CrashesOptions): CrashesPlan {
  const faults: string[] = [];
  const since = parseDuration(options.since ?? "24h");
  if (since.status === "invalid") faults.push(`--since: ${since.message}`);
  else if (since.millis === 0) {
    faults.push(`--since: expected more than nothing, got "${options.since}"; for example 7d`);
  }
  const limit = Number(/^\d+$/.exec(options.limit ?? "50")?.[0]);
  if (!(limit >= 1 && limit <= MAX_LIMIT)) {
    faults.push(`--limit: expected a whole number from 1 to ${MAX_LIMIT}, got "${options.limit}"`);
  }
  if (faults.length > 0) throw new Failure(faults.join("\n"), { exitCode: EXIT.usage });
  return {
    filter: { service, environment: options.environment, host: options.host },
    sinceMillis: since.status === "ok" ? since.millis : 0,
    limit,
  };
}

function lastMillis(
  nowMillis: number,
  sinceMillis: number,
): { startNanos: bigint; endNanos: bigint } {
  const endNanos = BigInt(nowMillis) * 1_000_000n;
  return { startNanos: endNanos - BigInt(sinceMillis) * 1_000_000n, endNanos };
}

async function explainEmpty(
  context: Context,
  plan: CrashesPlan,
  service: string | undefined,
  plannedDeaths: number,
): Promise<number> {
  await requireKnownService(context, service);
  const { io, self } = context;
  const ofWhom = service === undefined ? "" : ` of ${service}`;
  io.err(`no crash${ofWhom} in the last ${formatDuration(plan.sinceMillis)}\n`);
  if (plannedDeaths > 0) {
    io.err(
      `  ${plannedDeaths} ended as asked or by themselves; ${self} crashes --all shows them\n`,
    );
    return EXIT.ok;
  }
  const kinds = await queryLabelValues(serverUrl(context, "loki"), LOKI_LABEL.kind);
  if (kinds.status !== "ok") throw queryFailure(context, "Loki", kinds);
  io.err(
    kinds.value.includes("crash")
      ? "  try a longer --since, for example --since 7d\n"
      : "  nobody reported a death in the last 7 days; the agent does, where it runs beside the containers, " +
          "and @sightline/node, at the next start of a service\n",
  );
  return EXIT.ok;
}

/** `sightline crashes show <id>`: one death, with its evidence and the lines before it. */
export async function showCrashCommand(
  context: Context,
  id: string,
  options: { readonly json?: boolean },
): Promise<number> {
  const { crash, reports } = await findCrash(context, id.trim());
  const { summary, lines = [] } = parseCrashBody(await readBody(context, crash));
  const other = reports.find((report) => report.source !== crash.source);
  const ofProcess = other && parseCrashBody(await readBody(context, other)).summary;
  const before: LinesBefore =
    lines.length > 0 ? { from: "record", lines } : await readLinesBefore(context, crash);
  if (options.json) {
    const { timeNanos: _, ...fields } = crash;
    const document = { ...fields, summary, ofProcess, linesFrom: before.from, lines: before.lines };
    context.io.out(`${JSON.stringify(document)}\n`);
  } else {
    context.io.out(renderCrash({ crash, summary, before, ofProcess }, context.paint));
  }
  return EXIT.ok;
}

/** The one death of which a report has an id that begins so. */
async function findCrash(context: Context, idPrefix: string): Promise<JoinedCrash> {
  if (idPrefix === "") {
    const message = `expected a crash id or its beginning, got ""; ${context.self} crashes lists them`;
    throw new Failure(message, { exitCode: EXIT.usage });
  }
  const range = lastMillis(Date.now(), SHOW_SINCE_MILLIS);
  const { crashes } = await readCrashes(context, { idPrefix: commonPrefix(idPrefix) }, range);
  const deaths = joinReports(crashes).filter(({ reports }) =>
    reports.some(({ crashId }) => crashId.startsWith(idPrefix)),
  );
  // One id may be the beginning of another: who gives it whole means it.
  const hasId = ({ reports }: JoinedCrash) => reports.some(({ crashId }) => crashId === idPrefix);
  const meant = deaths.find(hasId) ?? deaths[0];
  if (meant === undefined) {
    throw new Failure(`no crash id begins with "${idPrefix}" in the last 30 days`, {
      advice: [`${context.self} crashes --since 30d --all   lists them`],
    });
  }
  if (deaths.length > 1 && !hasId(meant)) {
    throw new Failure(`${deaths.length} crash ids begin with "${idPrefix}"; give more of the one`, {
      advice: [
        ...deaths.slice(0, MAX_CANDIDATES).map(({ crash }) => describeCandidate(crash)),
        deaths.length > MAX_CANDIDATES ? `… and ${deaths.length - MAX_CANDIDATES} more` : "",
      ],
    });
  }
  return meant;
}

/** Agent and process name the same container and another start: both begin so. */
function commonPrefix(idPrefix: string): string {
  return /^[0-9a-f]{12}:/.exec(idPrefix)?.[0] ?? idPrefix;
}

function describeCandidate(crash: StoredCrash): string {
  const when = formatLocalTime(crash.diedAt).slice(0, 19);
  return cleanLine(`${crash.crashId}   ${when} ${crash.service}: ${wordsOf(crash)}`);
}
