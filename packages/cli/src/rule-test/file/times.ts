import { parseDuration } from "@sightline/core";

export type TimesResult =
  | { readonly status: "ok"; readonly millis: readonly number[] }
  | { readonly status: "invalid"; readonly message: string };

export type SpanResult =
  | {
      readonly status: "ok";
      readonly fromMillis: number;
      readonly toMillis: number;
      readonly everyMillis: number | undefined;
    }
  | { readonly status: "invalid"; readonly message: string };

/** A slip like `0m..10d every 1ms` would be 864 million lines. */
const MAX_TIMES = 50_000;

/** `5m` · `1m..6m every 30s` (both ends are in it). Times count from the start of the case. */
export function parseTimes(text: string): TimesResult {
  const span = parseSpan(text);
  if (span.status === "invalid") return span;
  const { fromMillis, toMillis, everyMillis } = span;
  if (fromMillis === toMillis) return { status: "ok", millis: [fromMillis] };
  if (everyMillis === undefined) {
    return invalid(text, "says no step; write for example 1m..6m every 30s");
  }
  const count = Math.floor((toMillis - fromMillis) / everyMillis) + 1;
  if (count > MAX_TIMES) return invalid(text, `is ${count} times; at most ${MAX_TIMES} are taken`);
  return {
    status: "ok",
    millis: Array.from({ length: count }, (_, index) => fromMillis + index * everyMillis),
  };
}

/** `5m` · `1m..6m` · `1m..6m every 30s` */
export function parseSpan(text: string): SpanResult {
  const parts = /^\s*(\S+?)\s*(?:\.\.\s*(\S+?)\s*(?:\s+every\s+(\S+)\s*)?)?$/.exec(text);
  if (!parts?.[1]) return invalid(text, "is no time; write 5m, or 1m..6m every 30s");
  const [, fromText, toText = fromText, everyText] = parts;
  const from = parseTime(fromText);
  const to = parseTime(toText);
  const every = everyText === undefined ? undefined : parseTime(everyText);
  for (const part of [from, to, every]) {
    if (part?.status === "invalid") return part;
  }
  if (from.status === "invalid" || to.status === "invalid") return invalid(text, "is no time");
  if (to.millis < from.millis) return invalid(text, "ends before it begins");
  const everyMillis = every?.status === "ok" ? every.millis : undefined;
  if (everyMillis === 0) return invalid(text, "has a step of nothing");
  return { status: "ok", fromMillis: from.millis, toMillis: to.millis, everyMillis };
}

/** A time after the start; a bare `0` needs no unit. */
function parseTime(text: string): ReturnType<typeof parseDuration> {
  return text === "0" ? { status: "ok", millis: 0 } : parseDuration(text);
}

function invalid(text: string, what: string): { status: "invalid"; message: string } {
  return { status: "invalid", message: `"${text}" ${what}` };
}
