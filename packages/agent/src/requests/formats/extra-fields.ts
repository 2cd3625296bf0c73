import { parseDuration, type TimeUnit, toSeconds } from "../durations.ts";
import { splitTokens, unquote } from "./tokens.ts";

export interface ExtraFields {
  readonly seconds?: number;
  readonly host?: string;
}

/** Labels that people put before the time of a request, with the unit where the label is one. */
const TIME_LABELS: Readonly<Record<string, TimeUnit | undefined>> = {
  rt: undefined,
  request_time: undefined,
  reqtime: undefined,
  req_time: undefined,
  duration: undefined,
  latency: undefined,
  duration_s: "s",
  duration_ms: "ms",
  request_time_ms: "ms",
  rt_ms: "ms",
  duration_us: "us",
  request_time_us: "us",
  rt_us: "us",
  time_us: "us",
  /** Apache's own letter. */
  D: "us",
};

const HOST_LABELS: ReadonlySet<string> = new Set([
  "host",
  "vhost",
  "http_host",
  "server_name",
  "sn",
]);

/**
 * What people add behind the fields of the combined format. A number alone is ambiguous: Apache's
 * `%D` is microseconds, `%T` seconds, Tomcat's `%D` milliseconds or microseconds, and then there are
 * lengths and ports. So a time is taken only where it is sure:
 * - with a label or a unit: `rt=0.012`, `duration_us=1200`, `12ms`;
 * - alone with 3 decimals (nginx's `$request_time`), 4 (Rack) or 6 (gunicorn's `%(L)s`, actix). Two
 *   are nginx's `$gzip_ratio`. The first counts: `$upstream_response_time` comes behind it.
 */
export function readExtraFields(text: string): ExtraFields {
  const fields: { seconds?: number; host?: string } = {};
  for (const token of splitTokens(text)) {
    const seconds = fields.seconds === undefined ? readTime(token) : undefined;
    if (seconds !== undefined) fields.seconds = seconds;
    else if (fields.host === undefined) {
      const host = readHost(token);
      if (host !== undefined) fields.host = host;
    }
  }
  return fields;
}

const BARE_SECONDS = /^\d{1,6}\.(?:\d{3,4}|\d{6})$/;
const BARE_WITH_UNIT = /^\d{1,9}(?:\.\d{1,9})?(?:ms|us|µs|s)$/;

function readTime(token: string): number | undefined {
  if (token.length > 64) return undefined;
  const code = token.charCodeAt(0);
  if (code >= 48 && code <= 57) {
    if (BARE_SECONDS.test(token)) return toSeconds(Number(token), "s");
    return BARE_WITH_UNIT.test(token) ? parseDuration(token) : undefined;
  }
  const equals = token.search(/[=:]/);
  if (equals < 1) return undefined;
  const label = unlead(token.slice(0, equals));
  if (!Object.hasOwn(TIME_LABELS, label)) return undefined;
  return readLabelled(unquote(token.slice(equals + 1)).replace(/[",]$/, ""), TIME_LABELS[label]);
}

function readLabelled(value: string, unit: TimeUnit | undefined): number | undefined {
  if (!/^\d/.test(value)) return undefined;
  if (!/^\d{1,15}(?:\.\d{1,12})?$/.test(value)) return parseDuration(value);
  // nginx always writes the decimals; `rt=12` may be anything.
  return unit === undefined && !value.includes(".")
    ? undefined
    : toSeconds(Number(value), unit ?? "s");
}

function readHost(token: string): string | undefined {
  const equals = token.indexOf("=");
  if (equals < 1 || !HOST_LABELS.has(unlead(token.slice(0, equals)))) return undefined;
  const host = unquote(token.slice(equals + 1));
  return host === "" || host === "-" ? undefined : host;
}

/** `"rt=0.1"` as a whole in quotes, or in brackets. */
function unlead(label: string): string {
  return label.replace(/^["[({]/, "");
}
