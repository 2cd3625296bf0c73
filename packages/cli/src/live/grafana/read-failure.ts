import { EXIT } from "@sightline/core";
import type { ReadLiveResult } from "../../plan/target.ts";
import { formatReference, type SecretReference } from "../../spec/reference.ts";
import type { AnswerFault } from "./answer.ts";

export function missingToken(
  { name, token }: { readonly name: string; readonly token: SecretReference | undefined },
  reason: string,
): ReadLiveResult {
  return {
    status: "failed",
    exitCode: EXIT.notAuthorised,
    message: `no token for ${name}: ${reason}`,
    advice: [
      `make a service account with role Admin in Grafana, add a token, and set ${token ? formatReference(token) : "it"}`,
    ],
  };
}

/** All of them at once: who may not read rules may not read contact points either, and asks once. */
export function toFailure(
  faults: readonly AnswerFault[],
  origin: string,
): Extract<ReadLiveResult, { status: "failed" }> {
  const [first] = faults;
  const exitCode = faults.some(({ kind }) => kind === "not-authorised" || kind === "forbidden")
    ? EXIT.notAuthorised
    : faults.some(({ kind }) => kind === "interrupted")
      ? EXIT.interrupted
      : faults.some(({ kind }) => kind === "no-answer" || kind === "server")
        ? EXIT.noAnswer
        : EXIT.failure;
  const unauthorised = faults.find(({ kind }) => kind === "not-authorised");
  const shown = unauthorised ? [unauthorised] : faults;
  const advice = new Set(shown.map((fault) => fault.advice).filter((text) => text !== undefined));
  return {
    status: "failed",
    exitCode,
    message: `cannot read ${origin}: ${[...new Set(shown.map(({ message }) => message))].join("\n") || first?.message}`,
    advice: [...advice],
  };
}
