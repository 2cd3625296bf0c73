import { EXIT, formatBytes } from "@sightline/core";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import type { QueryResult } from "./http-json.ts";

/** Turns a query that did not work into the words for the user. */
export function queryFailure(
  context: Context,
  server: string,
  result: Exclude<QueryResult<unknown>, { status: "ok" }>,
): Failure {
  if (result.status === "no-answer") {
    return new Failure(`${server} does not answer: ${result.reason}`, {
      exitCode: EXIT.noAnswer,
      advice: [`${context.self} status   shows what runs`, `${context.self} up       starts it`],
    });
  }
  if (result.status === "too-large") {
    const size = formatBytes(result.maxBytes);
    return new Failure(`the answer of ${server} is larger than ${size}; ask for fewer lines`);
  }
  return new Failure(`${server} refused the query (HTTP ${result.code}): ${result.reason}`);
}
