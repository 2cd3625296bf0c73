import { checkPattern } from "./check-pattern.ts";
import { accepted, isText, type MapField, type ValueField, value } from "./fields.ts";
import { findReferenceProblem } from "./secret-reference.ts";

/** Settings that agent and gateway both have. */

export function port(): ValueField {
  return accepted(
    "a TCP port from 1 to 65535",
    (given) => Number.isInteger(given) && Number(given) >= 1 && Number(given) <= 65_535,
  );
}

export function otlpUrl(): ValueField {
  const expected =
    'a base URL such as "http://127.0.0.1:4318", without /v1/logs, query, credentials or fragment';
  // It may carry a password, so it is not repeated.
  return accepted(expected, isOtlpUrl, { isSecret: true });
}

function isOtlpUrl(given: unknown): boolean {
  if (!isText(given) || !URL.canParse(given)) return false;
  const { protocol, search, hash, username, password, pathname } = new URL(given);
  const isHttp = protocol === "http:" || protocol === "https:";
  const isBase = !/\/v1\/(?:logs|metrics|traces)\/?$/.test(pathname);
  return isHttp && isBase && !search && !hash && !username && !password;
}

/** Headers for the collector; their values may be references to secrets. */
export function headers(): MapField {
  const field = value(
    `a text, or a reference such as "Bearer \${file:/etc/sightline/token}"`,
    (given) => {
      if (!isText(given)) return "wrong";
      const why = findReferenceProblem(given);
      return why === undefined ? undefined : { why };
    },
    { isSecret: true },
  );
  return {
    kind: "map",
    value: field,
    expectedKey: 'a header\'s name, such as "authorization"',
    isKey: (key) => /^[\w!#$%&'*+.^`|~-]{1,100}$/.test(key),
  };
}

export function absolutePath(expected: string): ValueField {
  return accepted(
    expected,
    (given) => isText(given) && given.startsWith("/") && !given.split("/").includes(".."),
  );
}

/** A regular expression that nobody can stop the process with; see {@link checkPattern}. */
export function pattern(): ValueField {
  return value("a regular expression", (given) => {
    if (typeof given !== "string" || given === "") return "wrong";
    const why = checkPattern(given);
    return why === undefined ? undefined : { why };
  });
}
