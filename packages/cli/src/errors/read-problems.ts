import { ERROR_FIELD, LOKI_LABEL, LOKI_METADATA } from "@sightline/core";
import { type Context, serverUrl } from "../context.ts";
import { queryFailure } from "../query/failure.ts";
import { groupBy } from "../query/group-by.ts";
import { lineQuery, quote } from "../query/logql.ts";
import { queryLokiVector, type VectorSample } from "../query/loki.ts";
import { byImpact, type Problem, type ReleaseCount } from "./problem.ts";

export interface ProblemFilter {
  readonly service?: string | undefined;
  readonly environment?: string | undefined;
  readonly host?: string | undefined;
  readonly release?: string | undefined;
  /** Start of the fingerprint. */
  readonly fpPrefix?: string | undefined;
}

const { fp, fpTemplate, handled, release, userHash, visitorHash, n } = ERROR_FIELD;
const { serviceName } = LOKI_LABEL;
const SEEN = "seen";
const ONE_PROBLEM = `${serviceName}, ${fp}`;

/** What each question asks; one query for all problems, never one per row. */
type Question = "times" | "first" | "last" | "users" | "visitors";

/**
 * Counts every problem of the window. Occurrences are sums over `n`: one record may stand for many.
 *
 * @param window of LogQL, such as `86400s`.
 * @throws Failure where Loki does not answer or refuses.
 */
export async function readProblems(
  context: Context,
  filter: ProblemFilter,
  window: string,
): Promise<Problem[]> {
  const lokiUrl = serverUrl(context, "loki");
  const ask = async (query: string): Promise<VectorSample[]> => {
    const result = await queryLokiVector(lokiUrl, query);
    if (result.status !== "ok") throw queryFailure(context, "Loki", result);
    return result.value;
  };
  const queries = problemQueries(filter, window);
  const names = Object.keys(queries) as Question[];
  const answers = await Promise.all(names.map((name) => ask(queries[name])));
  const answerOf = Object.fromEntries(names.map((name, index) => [name, answers[index] ?? []]));
  return joinAnswers(answerOf as Record<Question, VectorSample[]>).sort(byImpact);
}

export function problemQueries(filter: ProblemFilter, window: string): Record<Question, string> {
  const records = recordsOf(filter);
  const range = `[${window}]`;
  const seen = `${records} | label_format ${SEEN}=\`{{ __timestamp__ | unixEpochMillis }}\` | unwrap ${SEEN} | ${LOKI_METADATA.pipelineError}="" ${range}`;
  const distinct = (field: string): string =>
    `count by (${ONE_PROBLEM}) (sum by (${ONE_PROBLEM}, ${field}) (count_over_time(${records} | ${field}!="" ${range})))`;
  return {
    times: `sum by (${ONE_PROBLEM}, ${fpTemplate}, ${release}, ${handled}) (sum_over_time(${records} | unwrap ${n} | ${LOKI_METADATA.pipelineError}="" ${range}))`,
    first: `min by (${ONE_PROBLEM}) (min_over_time(${seen}) by (${ONE_PROBLEM}))`,
    last: `max by (${ONE_PROBLEM}) (max_over_time(${seen}) by (${ONE_PROBLEM}))`,
    users: distinct(userHash),
    visitors: distinct(visitorHash),
  };
}

function recordsOf({ service, environment, host, ...rest }: ProblemFilter): string {
  const selector = lineQuery({ service, environment, host, kind: "error" });
  const named = rest.fpPrefix === undefined ? `!=""` : `=~${quote(`${rest.fpPrefix}.*`)}`;
  const ofRelease = rest.release === undefined ? "" : ` | ${release}=${quote(rest.release)}`;
  return `${selector} | ${fp}${named}${ofRelease}`;
}

const keyOf = ({ labels }: VectorSample): string => `${labels[serviceName]}\n${labels[fp]}`;

function joinAnswers(answers: Readonly<Record<Question, readonly VectorSample[]>>): Problem[] {
  const valuesOf = (question: Question): Map<string, number> =>
    new Map(answers[question].map((sample) => [keyOf(sample), sample.value]));
  const [first, last, users, visitors] = (["first", "last", "users", "visitors"] as const).map(
    valuesOf,
  );
  const samples = groupBy(answers.times, keyOf);
  return [...samples].map(([key, parts]) => ({
    ...countParts(parts),
    users: users?.get(key) ?? 0,
    visitors: visitors?.get(key) ?? 0,
    firstMillis: first?.get(key) ?? 0,
    lastMillis: last?.get(key) ?? 0,
  }));
}

type Counted = Omit<Problem, "users" | "visitors" | "firstMillis" | "lastMillis">;

/** Parts differ by release, by whether somebody caught it, and by template where rules changed. */
function countParts(parts: readonly VectorSample[]): Counted {
  const most = parts.reduce((a, b) => (b.value > a.value ? b : a));
  const unhandled = parts.filter(({ labels }) => labels[handled] === "false");
  return {
    service: most.labels[serviceName] ?? "",
    fp: most.labels[fp] ?? "",
    template: most.labels[fpTemplate] ?? "",
    times: sum(parts),
    unhandledTimes: sum(unhandled),
    releases: countReleases(parts),
  };
}

function countReleases(parts: readonly VectorSample[]): ReleaseCount[] {
  const named = parts.filter(({ labels }) => labels[release]);
  return [...groupBy(named, ({ labels }) => labels[release] ?? "")]
    .map(([name, samples]) => ({ release: name, times: sum(samples) }))
    .sort((a, b) => b.times - a.times);
}

function sum(samples: readonly VectorSample[]): number {
  return samples.reduce((total, { value }) => total + value, 0);
}
