import { FARO, GATEWAY_PATH } from "@sightline/core";

/** What a request's target names. */
export type Target =
  | { readonly kind: "collect"; readonly key: string; readonly sentAtMillis: number | undefined }
  | { readonly kind: "script" | "health" | "unknown" };

const COLLECT_PREFIX = `${GATEWAY_PATH.collect}/`;
const KEY = /^[A-Za-z0-9_-]{8,64}$/;
const UNKNOWN: Target = { kind: "unknown" };

/** Reads a target as it came: nothing is decoded, so nothing but the plain spelling is an address. */
export function readTarget(url: string): Target {
  const mark = url.indexOf("?");
  const path = mark === -1 ? url : url.slice(0, mark);
  if (path.startsWith(COLLECT_PREFIX)) {
    const key = path.slice(COLLECT_PREFIX.length);
    if (!KEY.test(key)) return UNKNOWN;
    const sentAtMillis = mark === -1 ? undefined : readSentAt(url.slice(mark + 1));
    return { kind: "collect", key, sentAtMillis };
  }
  if (path === GATEWAY_PATH.script) return { kind: "script" };
  return path === GATEWAY_PATH.health ? { kind: "health" } : UNKNOWN;
}

const SENT_AT = new RegExp(`(?:^|&)${FARO.sentAtParameter}=(\\d{1,15})(?:&|$)`);

/** The page's clock, Unix milliseconds; undefined where it does not say, or says no number. */
function readSentAt(query: string): number | undefined {
  const found = SENT_AT.exec(query)?.[1];
  return found === undefined ? undefined : Number(found);
}
