import { EXIT } from "@sightline/core";
import type { Context } from "../context.ts";
import { cleanLine } from "../report/clean-text.ts";
import type { StartResult } from "./start.ts";
import type { ServerState } from "./state.ts";

type FailureArguments = [message: string, options: { exitCode: number; advice: string[] }];

/** The words for a stack that did not start: who died, what it last said, what to do. */
export function explainStartFailure(
  context: Context,
  result: Exclude<StartResult, { status: "healthy" }>,
  isFresh: boolean,
): FailureArguments {
  const rest = isFresh
    ? "everything that this command started was stopped again"
    : `the other servers still run; \`${context.self} status\` shows them`;
  const options = {
    exitCode: EXIT.failure,
    advice: [rest, `then run \`${context.self} up\` again`],
  };
  if (result.status === "no-supervisor") {
    return [`the supervisor ended${quoteLog(result.logTail)}`, options];
  }
  if (result.servers.length === 0) {
    return ["the supervisor runs, but did not take up its work in time", options];
  }
  const lines = result.servers.map((server) =>
    result.status === "failed" ? describeDeath(server) : describeSilence(server),
  );
  return [lines.join("\n"), options];
}

function describeDeath(server: ServerState): string {
  const exit = server.lastExit;
  const how = exit?.signal ? `by ${exit.signal}` : `with code ${exit?.code ?? "unknown"}`;
  return `${server.name} ended ${how} before it was ready${quoteLog(exit?.logTail ?? [])}\n  its log: ${server.logFile}`;
}

function describeSilence(server: ServerState): string {
  return `${server.name} is ${server.status}: it did not answer its health check in time\n  its log: ${server.logFile}`;
}

function quoteLog(lines: readonly string[]): string {
  return lines.length === 0
    ? ", without a word in its log"
    : `; it last said:\n${lines.map((line) => `    ${cleanLine(line).slice(0, 400)}`).join("\n")}`;
}
