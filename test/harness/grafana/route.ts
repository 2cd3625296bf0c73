import type { Answer } from "./answer.ts";
import type { Profile } from "./profiles.ts";
import type { GrafanaState, Provenance } from "./state.ts";

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

export interface Call {
  readonly state: GrafanaState;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: unknown;
  readonly provenance: Provenance;
  readonly can: (action: string) => boolean;
  readonly login: string;
  readonly isServiceAccount: boolean;
}

export interface Route {
  readonly method: Method;
  /** `/api/folders/:uid`; a part is decoded after it was split. */
  readonly path: string;
  /** Parameters that this stand-in knows. Grafana ignores others; here they are answered with 501. */
  readonly query?: readonly string[];
  /** Any of these actions lets one in; without: everybody who is signed in. */
  readonly actions?: readonly string[];
  /** Fields of the body. Grafana drops others silently; here they are answered with 501. */
  readonly fields?: readonly string[];
  /** Only there where this is true; else the request is answered with 404 as an unknown one. */
  readonly when?: (profile: Profile) => boolean;
  /** Where its behaviour is taken from. */
  readonly source: string;
  /** Writes something: counted by tests. */
  readonly handle: (call: Call) => Answer | Promise<Answer>;
}

/** Matches a path that was not decoded yet, so that `a%2Fb` stays one part. */
export function matchPath(pattern: string, path: string): Record<string, string> | undefined {
  const [wanted, given] = [pattern.split("/"), path.split("/")];
  if (wanted.length !== given.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const value = given[index] ?? "";
    if (part.startsWith(":")) params[part.slice(1)] = decodeURIComponent(value);
    else if (part !== value) return undefined;
  }
  return params;
}
