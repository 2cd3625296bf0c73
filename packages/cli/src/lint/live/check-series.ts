import { closestName } from "@sightline/core";
import { shorten } from "../../spec/describe-value.ts";
import type { LiveServer } from "./live-server.ts";
import type { Selector, SelectorMatcher } from "./selectors.ts";

export interface SeriesProblem {
  readonly check: "live-series" | "live-label";
  readonly message: string;
  readonly advice?: string;
}

export type SeriesResult =
  | { readonly status: "ok"; readonly problem: SeriesProblem | undefined }
  | { readonly status: "no-answer"; readonly reason: string };

export interface TimeRange {
  readonly startMillis: number;
  readonly endMillis: number;
}

/** Whether a server has seen what a selector asks for, and if not, at which part it ends. */
export interface SeriesCheck {
  readonly check: (selector: Selector) => Promise<SeriesResult>;
}

const OK: SeriesResult = { status: "ok", problem: undefined };

/** Thrown through the few steps of one check, because each of them may find the server gone. */
class NoAnswer extends Error {}

export function createSeriesCheck(
  kind: "prometheus" | "loki",
  server: LiveServer,
  range: TimeRange,
): SeriesCheck {
  const api = kind === "prometheus" ? "/api/v1" : "/loki/api/v1";
  const times = timesOf(kind, range);
  const answers = new Map<string, Promise<readonly unknown[]>>();
  const ask = (path: string, parameters: Readonly<Record<string, string>>) => {
    const key = `${path} ${JSON.stringify(parameters)}`;
    const known = answers.get(key);
    if (known) return known;
    const asked = server.ask(`${api}${path}`, { ...times, ...parameters }).then((answer) => {
      if (answer.status === "no-answer") throw new NoAnswer(answer.reason);
      // What it refuses is told by the query itself.
      return answer.status === "ok" && Array.isArray(answer.data) ? answer.data : [];
    });
    answers.set(key, asked);
    return asked;
  };
  const exists = async (match: string): Promise<boolean> =>
    (await ask("/series", { "match[]": match, limit: "1" })).length > 0;
  const values = async (label: string, match: string | undefined): Promise<readonly string[]> =>
    (
      await ask(
        `/label/${label}/values`,
        match === undefined ? {} : { [kind === "loki" ? "query" : "match[]"]: match },
      )
    ).map(String);

  const explain = async (selector: Selector): Promise<SeriesProblem | undefined> => {
    if (await exists(selector.text)) return undefined;
    const { metric, matchers } = selector;
    if (metric !== undefined && !(await exists(metric))) {
      const near = closestName(metric, await values("__name__", undefined));
      const message = `${server.title} has seen no metric ${shorten(metric)} in the last 7 days`;
      return { check: "live-series", message, ...(near && { advice: `did you mean "${near}"?` }) };
    }
    const base = metric ?? "";
    for (const matcher of matchers) {
      const alone = `${base}{${matcher.text}}`;
      if (isNegative(matcher) || (await exists(alone))) continue;
      return await explainMatcher(matcher, base, values);
    }
    const message = `${server.title} has no series ${shorten(selector.text)}: each part fits some, all together none`;
    return { check: "live-series", message };
  };
  return {
    check: async (selector) => {
      try {
        const problem = await explain(selector);
        return problem === undefined ? OK : { status: "ok", problem };
      } catch (error) {
        if (error instanceof NoAnswer) return { status: "no-answer", reason: error.message };
        throw error;
      }
    },
  };
}

/** `a!="x"` fits everything without a; it cannot be what ends the search. */
function isNegative({ operator }: SelectorMatcher): boolean {
  return operator.startsWith("!");
}

async function explainMatcher(
  { label, text, value }: SelectorMatcher,
  metric: string,
  valuesOf: (label: string, match: string | undefined) => Promise<readonly string[]>,
): Promise<SeriesProblem> {
  const there = await valuesOf(label, metric === "" ? undefined : metric);
  const whose = metric === "" ? "no stream" : `no series of ${shorten(metric)}`;
  if (there.length === 0) {
    return {
      check: "live-label",
      message: `${whose} has the label ${shorten(label)} (${shorten(text)})`,
    };
  }
  const near = closestName(value, there);
  const shown = there.slice(0, 8).map((it) => shorten(it));
  const list = `${shown.join(", ")}${there.length > 8 ? ", …" : ""}`;
  return {
    check: "live-label",
    message: `${whose} has ${shorten(text)}; ${label} is ${list}`,
    ...(near !== undefined && { advice: `did you mean "${near}"?` }),
  };
}

/** Prometheus counts seconds, Loki nanoseconds. */
function timesOf(kind: "prometheus" | "loki", range: TimeRange): Readonly<Record<string, string>> {
  const { startMillis, endMillis } = range;
  if (kind === "loki") return { start: `${startMillis}000000`, end: `${endMillis}000000` };
  return { start: String(startMillis / 1000), end: String(endMillis / 1000) };
}
