import { type AccessResult, NO_REQUEST, parseRequestLine } from "../access-line.ts";
import { parseDuration, type TimeUnit, toSeconds } from "../durations.ts";
import type { LineFormat } from "./line-format.ts";

type Fields = Readonly<Record<string, unknown>>;

/**
 * JSON access lines of servers that can be told from an application's own JSON lines, which may have
 * a status and a path, too, and are not counted.
 */
export const JSON_FORMATS: readonly LineFormat[] = [
  {
    name: "Caddy (JSON)",
    configured: "caddy",
    writer: "other",
    mayBe: (head) => head.includes('"http.log.access'),
    parse: (text) => parseFields(text, readCaddy),
  },
  {
    name: "Traefik (JSON)",
    configured: "traefik",
    writer: "other",
    mayBe: (head) => head.includes('"DownstreamStatus"'),
    parse: (text) => parseFields(text, readTraefik),
  },
  {
    name: "echo (JSON)",
    writer: "other",
    mayBe: (_, text) => text.slice(-256).includes('"latency_human"'),
    parse: (text) => parseFields(text, readEcho),
  },
  {
    name: "nginx (JSON)",
    writer: "nginx",
    mayBe: (_, text) =>
      hasNearEnds(text, '"status"') && NGINX_FIELDS.some((name) => hasNearEnds(text, name)),
    parse: (text) => parseFields(text, readNginx),
  },
];

/** Names that nginx gives its variables, and hardly anybody else their fields. */
const NGINX_FIELDS = [
  '"request_time"',
  '"body_bytes_sent"',
  '"upstream_response_time"',
  '"time_iso8601"',
  '"time_local"',
] as const;

/** A long line is long because of one field, somewhere in its middle. */
const END_LENGTH = 1_024;

function hasNearEnds(text: string, word: string): boolean {
  if (text.length <= 2 * END_LENGTH) return text.includes(word);
  return text.slice(0, END_LENGTH).includes(word) || text.slice(-END_LENGTH).includes(word);
}

function parseFields(text: string, read: (fields: Fields) => AccessResult): AccessResult {
  try {
    const value: unknown = JSON.parse(text);
    return isFields(value) ? read(value) : undefined;
  } catch {
    // Cut off, or only something that looks like JSON.
    return undefined;
  }
}

/** Source: Caddy documentation, `log` directive; `duration_format` may make a text of the duration. */
function readCaddy(fields: Fields): AccessResult {
  const { request, status, duration, logger } = fields;
  if (!isFields(request) || !textOf(logger)?.startsWith("http.log.access")) return undefined;
  const { method, uri, host, tls } = request;
  if (textOf(method) === undefined || textOf(uri) === undefined) return undefined;
  const scheme = isFields(tls) ? "https" : "http";
  // 0: the client left before there was an answer.
  return line({ method, target: uri, status, host, seconds: timeOf(duration, "s"), scheme });
}

/** Source: Traefik documentation, access logs; `Duration` is nanoseconds, or a text like `12ms`. */
function readTraefik(fields: Fields): AccessResult {
  const { RequestMethod: method, RequestPath: target, DownstreamStatus: status } = fields;
  if (textOf(method) === undefined || textOf(target) === undefined) return undefined;
  const host = fields["RequestHost"] ?? fields["RequestAddr"];
  const scheme = fields["RequestScheme"];
  return line({ method, target, status, host, seconds: timeOf(fields["Duration"], "ns"), scheme });
}

function readEcho(fields: Fields): AccessResult {
  const { method, uri: target, status, host, latency } = fields;
  if (textOf(fields["remote_ip"]) === undefined) return undefined;
  return line({ method, target, status, host, seconds: timeOf(latency, "ns") });
}

function readNginx(fields: Fields): AccessResult {
  const request = textOf(fields["request"]);
  const method = fields["request_method"] ?? fields["method"];
  const target = fields["request_uri"] ?? fields["uri"] ?? fields["path"];
  const parsed =
    textOf(method) !== undefined && textOf(target) !== undefined
      ? { method, target }
      : request === undefined
        ? undefined
        : (parseRequestLine(request) ?? NO_REQUEST);
  if (parsed === undefined || parsed === NO_REQUEST) return parsed;
  return line({
    ...parsed,
    status: fields["status"],
    host: fields["host"] ?? fields["http_host"] ?? fields["server_name"],
    seconds: timeOf(fields["request_time"], "s"),
    scheme: fields["scheme"],
  });
}

interface LineParts {
  readonly method: unknown;
  readonly target: unknown;
  readonly status: unknown;
  readonly host?: unknown;
  readonly seconds?: number | undefined;
  readonly scheme?: unknown;
}

function line({ method, target, status, host, seconds, scheme }: LineParts): AccessResult {
  const code = Number(status);
  if (textOf(target) === undefined || !Number.isInteger(code)) return undefined;
  if (!textOf(method)) return NO_REQUEST;
  return {
    method: String(method),
    target: String(target),
    ...(code >= 100 && code <= 599 ? { status: code } : {}),
    ...(textOf(host) ? { host: String(host) } : {}),
    ...(seconds === undefined ? {} : { seconds }),
    ...(scheme === "http" || scheme === "https" ? { scheme } : {}),
  };
}

/** nginx writes numbers as texts with `escape=json`. */
function timeOf(value: unknown, unit: TimeUnit): number | undefined {
  if (typeof value === "number") return toSeconds(value, unit);
  if (typeof value !== "string") return undefined;
  if (/^\d{1,15}(?:\.\d{1,12})?$/.test(value)) return toSeconds(Number(value), unit);
  return parseDuration(value);
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
