import { inspect } from "node:util";

/** The newest of them: a test that failed has usually just done what it asks for. */
const MAX_SHOWN = 20;
const INSPECT = { breakLength: 120, depth: 4, maxStringLength: 400 } as const;

/** Why an expectation failed: what was looked for, and what there is instead. */
export function failureText(what: string, match: object, captured: readonly object[]): string {
  const head = `expected a ${what} that matches ${inspect(match, INSPECT)}`;
  if (captured.length === 0) return `${head}; no ${what} was captured. ${HINT}`;
  const shown = captured.slice(-MAX_SHOWN).map((one) => `\n  ${inspect(one, INSPECT)}`);
  const left = captured.length - shown.length;
  const more = left > 0 ? `\n  and ${left} before these` : "";
  return `${head}; none of these ${captured.length} does:${shown.join("")}${more}`;
}

/** Why an expectation that something is not there failed. */
export function unexpectedText(what: string, match: object, found: object): string {
  return `expected no ${what} that matches ${inspect(match, INSPECT)}, got\n  ${inspect(found, INSPECT)}`;
}

const HINT =
  "Call startForTests() before the application is imported, and await what the test has started.";
