import { formatDuration } from "@sightline/core";
import pLimit from "p-limit";
import type { AlertRule, Model, Source } from "../../compile/model.ts";
import type { Context } from "../../context.ts";
import { alertExpression } from "../../emit/stack/expression.ts";
import type { Fault } from "../../fault.ts";
import { cleanLine } from "../../report/clean-text.ts";
import { formatLocalTime } from "../../report/local-time.ts";
import { severityOf } from "../checks.ts";
import { subjectOf } from "../queries.ts";
import { createSeriesCheck, type SeriesCheck, type TimeRange } from "./check-series.ts";
import { countFirings, type Firings } from "./firings.ts";
import { createLiveServer, type LiveServer } from "./live-server.ts";
import { logqlSelectors, promqlSelectors } from "./selectors.ts";

export interface LiveFindings {
  readonly faults: readonly Fault[];
  /** A server did not answer; its part was not checked. */
  readonly isUnanswered: boolean;
}

const WEEK_MILLIS = 7 * 86_400_000;
/** Ten a day. */
const NOISY_FIRINGS = 70;
const NOISY_SHARE = 0.5;
/** Prometheus and Loki refuse more than 11,000 points; a week of minutes is 10,080. */
const MIN_STEP_MILLIS = 60_000;
const COST_SHARE = 0.1;
/** Of the question whether it is there at all. */
const FIRST_TIMEOUT_MILLIS = 10_000;
/** Asking must not be a load of its own. */
const AT_ONCE = 3;

interface Live {
  readonly server: LiveServer;
  readonly series: SeriesCheck;
}

/** Asks the servers of the target what they make of each alert. Reads only. */
export async function lintLive(
  context: Context,
  model: Model,
  nowMillis: number,
): Promise<LiveFindings> {
  const range: TimeRange = { startMillis: nowMillis - WEEK_MILLIS, endMillis: nowMillis };
  const sources: Record<Source, Live> = {
    prometheus: connect(context, model, "prometheus", range),
    loki: connect(context, model, "loki", range),
  };
  const silent = await findSilent(sources);
  const limit = pLimit(AT_ONCE);
  const asked = model.rules.filter(({ source, isEnabled }) => isEnabled && !silent.has(source));
  const checked = await Promise.all(
    asked.map((rule) => limit(() => checkRule(rule, sources[rule.source], range))),
  );
  const idle = checked.flatMap(({ idleOf }) => idleOf ?? []);
  return {
    faults: [
      ...[...silent.values()],
      ...checked.flatMap(({ faults }) => faults),
      ...(idle.length > 0 ? [describeIdle(idle)] : []),
    ],
    isUnanswered: silent.size > 0 || checked.some((it) => it.isUnanswered),
  };
}

function connect(context: Context, model: Model, source: Source, range: TimeRange): Live {
  const server = createLiveServer(context, model, source);
  return { server, series: createSeriesCheck(source, server, range) };
}

/** One fault for a server that is away, instead of one for each alert. */
async function findSilent(sources: Record<Source, Live>): Promise<ReadonlyMap<Source, Fault>> {
  const asked = (["prometheus", "loki"] as const).map(async (source) => {
    const { server } = sources[source];
    const path = source === "loki" ? "/loki/api/v1/labels" : "/api/v1/labels";
    const answer = await server.ask(path, {}, FIRST_TIMEOUT_MILLIS);
    return answer.status === "no-answer"
      ? [[source, unanswered(server, answer.reason)] as const]
      : [];
  });
  return new Map((await Promise.all(asked)).flat());
}

function unanswered({ title }: LiveServer, reason: string): Fault {
  return {
    check: "live-no-answer",
    severity: "warning",
    message: `${title} does not answer: ${cleanLine(reason)}`,
    advice: "its alerts were not checked against what it holds",
  };
}

interface CheckedRule {
  readonly faults: readonly Fault[];
  readonly isUnanswered: boolean;
  /** A default alert that watches what nothing sends. */
  readonly idleOf?: string;
}

async function checkRule(rule: AlertRule, live: Live, range: TimeRange): Promise<CheckedRule> {
  const query = alertExpression(rule);
  if (query === undefined) return { faults: [], isUnanswered: false };
  const fault = (check: string, message: string, advice?: string): Fault => ({
    check,
    severity: severityOf(check),
    message: `${subjectOf(rule)}: ${message}`,
    ...(advice !== undefined && { advice }),
    place: rule.place,
  });
  const now = await live.server.ask(queryPath(rule.source, "query"), {
    query,
    time: String(range.endMillis / 1000),
  });
  if (now.status === "no-answer")
    return { faults: [unanswered(live.server, now.reason)], isUnanswered: true };
  if (now.status === "refused") {
    const message = `${live.server.title} refuses the query: ${cleanLine(now.reason)}`;
    return { faults: [fault("live-refused", message)], isUnanswered: false };
  }
  const faults: Fault[] = [];
  if (now.millis > rule.everyMillis * COST_SHARE) {
    const message = `the query took ${formatDuration(now.millis)}, and runs every ${formatDuration(rule.everyMillis)}`;
    faults.push(fault("live-cost", message, "a record of a part of it, or a longer every"));
  }
  const series = rule.whenEmpty === "firing" ? [] : await seriesProblems(query, rule, live);
  if (series === "no-answer") return { faults, isUnanswered: true };
  const isPack = rule.origin === "pack";
  if (!isPack) {
    faults.push(...series.map(({ check, message, advice }) => fault(check, message, advice)));
  }
  // What always fires on purpose has no past to tell, and what reads nothing has none, but absence.
  const isAbsence = /\babsent(?:_over_time)?\(/.test(query);
  const hasPast = rule.severity !== "none" && (series.length === 0 || isAbsence);
  const past = hasPast ? await readPast(query, rule, live.server, range) : undefined;
  if (past !== undefined) faults.push(...describePast(past, rule, fault));
  return {
    faults,
    isUnanswered: false,
    ...(isPack && series.length > 0 && { idleOf: rule.id }),
  };
}

async function seriesProblems(query: string, rule: AlertRule, { series }: Live) {
  const selectors = rule.source === "loki" ? logqlSelectors(query) : promqlSelectors(query);
  const results = await Promise.all(selectors.map((selector) => series.check(selector)));
  if (results.some(({ status }) => status === "no-answer")) return "no-answer" as const;
  return results.flatMap((result) => (result.status === "ok" ? (result.problem ?? []) : []));
}

/** Undefined where the server will not compute a week of it. */
async function readPast(
  query: string,
  rule: AlertRule,
  server: LiveServer,
  range: TimeRange,
): Promise<Firings | undefined> {
  const stepMillis = Math.max(rule.everyMillis, MIN_STEP_MILLIS);
  const answer = await server.ask(queryPath(rule.source, "query_range"), {
    query,
    start: String(range.startMillis / 1000),
    end: String(range.endMillis / 1000),
    step: String(stepMillis / 1000),
  });
  if (answer.status !== "ok") return undefined;
  const { forMillis, keepFiringForMillis } = rule;
  return countFirings(readTimes(answer.data), { stepMillis, forMillis, keepFiringForMillis });
}

function readTimes(data: unknown): readonly (readonly number[])[] {
  const result = (data as { result?: unknown } | null)?.result;
  if (!Array.isArray(result)) return [];
  return result.map((series: { values?: readonly (readonly [number, string])[] }) =>
    (series.values ?? []).map(([seconds]) => seconds * 1000),
  );
}

function describePast(
  { count, totalMillis, lastMillis }: Firings,
  rule: AlertRule,
  fault: (check: string, message: string, advice?: string) => Fault,
): Fault[] {
  const times = count === 1 ? "once" : `${count} times`;
  const total = `${formatDuration(totalMillis)} in all`;
  if (count > NOISY_FIRINGS || totalMillis > NOISY_SHARE * WEEK_MILLIS) {
    const message = `it would have fired ${times} in the last 7 days, ${total}`;
    return [fault("live-noisy", message, "a higher threshold, a longer for, or another signal")];
  }
  // The default alerts are told of only where they are noisy.
  if (rule.origin === "pack") return [];
  const last =
    lastMillis === undefined ? "" : `, last at ${formatLocalTime(lastMillis).slice(0, 16)}`;
  const what = count === 0 ? "would not have fired" : `would have fired ${times} (${total}${last})`;
  return [fault("live-fires", `it ${what} in the last 7 days`)];
}

function describeIdle(ids: readonly string[]): Fault {
  const many = ids.length === 1 ? "a default alert watches" : `${ids.length} default alerts watch`;
  return {
    check: "live-series",
    severity: "info",
    message: `${many} what nothing has sent in the last 7 days: ${ids.join(", ")}`,
    advice: "they begin to work as soon as it comes; default_alerts: {off: [...]} turns one off",
  };
}

function queryPath(source: Source, kind: "query" | "query_range"): string {
  return source === "loki" ? `/loki/api/v1/${kind}` : `/api/v1/${kind}`;
}
