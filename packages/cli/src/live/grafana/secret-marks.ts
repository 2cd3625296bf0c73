import { isSecretMark, type Json, type SecretState } from "../../plan/resource.ts";
import { isObject } from "./api-object.ts";

export const REDACTED = "[REDACTED]";

export interface KnownSecret {
  readonly state: SecretState;
  /** Its value, where it is at hand: some servers do not hide what is a secret here. */
  readonly value: string | undefined;
}

/** What is not hidden can be compared itself. */
function stateOf({ state, value }: KnownSecret, live: string): SecretState {
  if (live === REDACTED || value === undefined) return state;
  return live === value ? "same" : "changed";
}

/** The address of a webhook is often its password; whose it is says the host. */
function withoutPath(text: string): string {
  const url = /^https?:/.test(text) ? URL.parse(text) : null;
  return url === null ? text : `${url.origin}/…`;
}

export function secretName(uid: string, path: string): string {
  return `${uid}:${path}`;
}

interface MarkOptions {
  readonly path: string;
  readonly known: (path: string) => KnownSecret | undefined;
  readonly keepsUnwanted: boolean;
}

/** What the server hides becomes a mark; so does what we hold for a secret and the server does not hide. */
export function markSecrets(
  live: Json,
  wanted: Json | undefined,
  options: MarkOptions,
): Json | undefined {
  const { path, known, keepsUnwanted } = options;
  if (isSecretMark(wanted) && typeof live === "string" && live !== "") {
    const secret = known(path);
    return { $secret: true, ...(secret && { $state: stateOf(secret, live) }) };
  }
  if (live === REDACTED && typeof wanted === "string") {
    // Said plainly in the file, and hidden by the server.
    const state = known(path)?.state ?? "same";
    return state === "same" ? wanted : { $secret: true, $state: state };
  }
  if (live === REDACTED) return keepsUnwanted ? { $secret: true } : undefined;
  if (typeof live === "string" && live !== wanted) return withoutPath(live);
  if (Array.isArray(live)) {
    return (live as readonly Json[]).map(
      (item, index) =>
        markSecrets(item, Array.isArray(wanted) ? (wanted[index] as Json) : undefined, {
          ...options,
          path: `${path}[${index}]`,
        }) ?? null,
    );
  }
  if (typeof live !== "object" || live === null) return live;
  const entries = Object.entries(live).map(([key, value]) => {
    const part = isObject(wanted) ? (wanted[key] as Json | undefined) : undefined;
    const below = path === "" ? key : `${path}.${key}`;
    return [key, markSecrets(value as Json, part, { ...options, path: below })] as const;
  });
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined)) as Json;
}
