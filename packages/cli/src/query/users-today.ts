import { LOKI_LABEL } from "@sightline/core";
import { EXAMPLE_SERVICE_NAME } from "../stack/example.ts";
import { EXAMPLE_PAGE_SERVICE_NAME } from "../stack/example-app.ts";
import type { QueryResult } from "./http-json.ts";
import { quote } from "./logql.ts";
import { queryLokiVector } from "./loki.ts";
import { estimatedUsers, exactUsers, exactVisitors, standardError, type UsersOf } from "./users.ts";

export interface UserCount {
  readonly users: number;
  /** Share of `users`; 0: counted exactly. */
  readonly standardError: number;
}

/** With this the estimate costs twice what one with 256 registers does, and errs half as much. */
const PARTS = 4;

/** Exactly where Loki's limit allows it, else estimated. */
export async function countUsers(lokiUrl: string, users: UsersOf): Promise<QueryResult<UserCount>> {
  const exact = await queryCount(lokiUrl, exactUsers(users), 0);
  if (exact.status !== "refused" || !isSeriesLimit(exact.reason)) return exact;
  return queryCount(lokiUrl, estimatedUsers(users, PARTS), standardError(PARTS));
}

/** Users of all services since midnight, here; the example's are made up. */
export function countUsersToday(
  lokiUrl: string,
  nowMillis: number,
): Promise<QueryResult<UserCount>> {
  return countUsers(lokiUrl, today(nowMillis));
}

/**
 * Different browsers of all apps since midnight, here. Beside the users and never among them: one
 * person is a user and, with two devices, two visitors. Refused where there are more than Loki counts.
 */
export function countVisitorsToday(
  lokiUrl: string,
  nowMillis: number,
): Promise<QueryResult<UserCount>> {
  return queryCount(lokiUrl, exactVisitors(today(nowMillis)), 0);
}

function today(nowMillis: number): UsersOf {
  const midnight = new Date(nowMillis).setHours(0, 0, 0, 0);
  const seconds = Math.max(1, Math.ceil((nowMillis - midnight) / 1_000));
  const { kind, serviceName } = LOKI_LABEL;
  const ofExample = `${EXAMPLE_SERVICE_NAME}|${EXAMPLE_PAGE_SERVICE_NAME}`;
  const records = `{${kind}="session", ${serviceName}!~${quote(ofExample)}}`;
  return { records, window: `${seconds}s` };
}

async function queryCount(
  lokiUrl: string,
  query: string,
  error: number,
): Promise<QueryResult<UserCount>> {
  const result = await queryLokiVector(lokiUrl, query);
  if (result.status !== "ok") return result;
  const users = Math.round(result.value[0]?.value ?? 0);
  return { status: "ok", value: { users, standardError: error } };
}

/** "maximum number of series (500) reached for a single query"; older ones: "maximum of series". */
function isSeriesLimit(reason: string): boolean {
  return /maximum (?:number )?of series/.test(reason);
}
