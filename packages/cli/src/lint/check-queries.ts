import type { Model } from "../compile/model.ts";
import type { Fault, Place } from "../fault.ts";
import type { SpecDocument } from "../spec/read-spec.ts";
import { severityOf } from "./checks.ts";
import { locate } from "./locate.ts";
import { checkLogql } from "./logql/check-logql.ts";
import type { QueryProblem } from "./problem.ts";
import { checkPromql } from "./promql/check-promql.ts";
import { compiledQueries, type LintQuery, writtenQueries } from "./queries.ts";

/** As provisioning/prometheus/prometheus.yml has it. */
const SCRAPE_MILLIS = 30_000;

/** The user's queries in full; ours, and what was made of the user's words, for errors alone. */
export function checkQueries(
  document: SpecDocument,
  model: Model,
  source: string,
): readonly Fault[] {
  const lines = source.split(/\r?\n/);
  const written = writtenQueries(document);
  const faults = written.flatMap((query) =>
    problemsOf(query).map((problem) => toFault(query, problem, lines)),
  );
  const faulty = faults.filter(({ severity }) => severity === "error").map(({ place }) => place);
  const compiled = compiledQueries(model)
    .filter((query) => !written.some(({ text }) => text === query.text))
    .filter(({ place }) => !faulty.some((at) => isWithin(at, place)));
  const seen = new Set<string>();
  for (const query of compiled) {
    for (const problem of problemsOf(query)) {
      if (severityOf(problem.check) !== "error") continue;
      const key = `${query.subject} ${problem.check} ${problem.message}`;
      if (seen.has(key)) continue;
      seen.add(key);
      faults.push(toFault(query, problem, lines));
    }
  }
  return faults;
}

function problemsOf(query: LintQuery): readonly QueryProblem[] {
  return query.language === "promql"
    ? checkPromql(query.text, { role: query.role, scrapeMillis: SCRAPE_MILLIS })
    : checkLogql(query.text, query);
}

function toFault(query: LintQuery, problem: QueryProblem, lines: readonly string[]): Fault {
  const { check, message, advice } = problem;
  const { place } = query;
  const isHere = query.isWritten && place !== undefined;
  return {
    check,
    severity: severityOf(check),
    message: isHere ? message : `${query.subject}: ${message}`,
    ...(advice !== undefined && { advice }),
    place: isHere ? locate(lines, place, query.text, problem.from) : place,
  };
}

/** Whether a place belongs to the item that stands at another. */
function isWithin(inner: Place | undefined, outer: Place | undefined): boolean {
  return (
    inner !== undefined &&
    outer !== undefined &&
    outer.path !== "" &&
    inner.path.startsWith(outer.path)
  );
}
