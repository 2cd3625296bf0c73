import { hostname } from "node:os";
import { parseArgs } from "node:util";
import { CANARY_SERVICE_NAME, ENV, formatDuration, parseDuration } from "@sightline/core";
import type { Environment } from "@sightline/wire/config";
import { formatFault, resolveSecrets } from "@sightline/wire/config";
import { readAgentConfig } from "../config/read-config.ts";
import type { CanaryTimes } from "./canary.ts";

export interface CanarySettings extends CanaryTimes {
  readonly lokiUrl: string;
  readonly otlpUrl: string;
  /** For the collector; secrets in them. */
  readonly headers: Readonly<Record<string, string>>;
  readonly service: string;
  readonly hostName: string;
  readonly environment: string;
  readonly metricIntervalMillis: number;
}

export type CanarySettingsResult =
  | { readonly status: "ok"; readonly settings: CanarySettings }
  | { readonly status: "faults"; readonly faults: readonly string[] };

export interface CanaryArguments {
  readonly config?: string | undefined;
  readonly "query-every"?: string | undefined;
  readonly "late-after"?: string | undefined;
  readonly "missing-after"?: string | undefined;
  readonly help?: boolean | undefined;
}

interface Span {
  readonly name: keyof CanaryArguments & string;
  readonly fallback: string;
  readonly minMillis: number;
  readonly maxMillis: number;
}

const SPANS = {
  queryMillis: { name: "query-every", fallback: "2s", minMillis: 100, maxMillis: 60_000 },
  lateMillis: { name: "late-after", fallback: "30s", minMillis: 1_000, maxMillis: 1_800_000 },
  missingMillis: { name: "missing-after", fallback: "5m", minMillis: 2_000, maxMillis: 1_800_000 },
} as const satisfies Record<keyof CanaryTimes, Span>;

/** @throws Error with a text for the user if there is an argument that it does not know. */
export function parseCanaryArguments(args: readonly string[]): CanaryArguments {
  const { values } = parseArgs({
    args: [...args],
    options: {
      config: { type: "string" },
      "query-every": { type: "string" },
      "late-after": { type: "string" },
      "missing-after": { type: "string" },
      help: { type: "boolean", short: "h" },
    },
  });
  return values;
}

/**
 * The collector's address, its headers, the host's name and the environment are the agent's
 * settings, read as the agent reads them. Finds every fault at once.
 */
export function readCanarySettings(args: CanaryArguments, env: Environment): CanarySettingsResult {
  const faults: string[] = [];
  const lokiUrl = readLokiUrl(env, faults);
  const spans = {
    queryMillis: readSpan(SPANS.queryMillis, args, faults),
    lateMillis: readSpan(SPANS.lateMillis, args, faults),
    missingMillis: readSpan(SPANS.missingMillis, args, faults),
  };
  const metricIntervalMillis = readMetricInterval(env, faults);
  if (faults.length === 0 && spans.lateMillis > spans.missingMillis) {
    faults.push(
      `--late-after ${formatDuration(spans.lateMillis)} is longer than --missing-after ${formatDuration(spans.missingMillis)}; a line is late first`,
    );
  }
  const read = readAgentConfig({ ...(args.config ? { path: args.config } : {}), env });
  if (read.status === "faults") {
    return { status: "faults", faults: [...faults, ...read.faults.map(formatFault)] };
  }
  const { otlp, hostName = hostname(), environment } = read.config;
  const headers = resolveSecrets(otlp.headers, env);
  if (headers.status === "faults") faults.push(...headers.faults);
  if (faults.length > 0 || headers.status === "faults") return { status: "faults", faults };
  const service = env["OTEL_SERVICE_NAME"]?.trim() || CANARY_SERVICE_NAME;
  const settings = { lokiUrl, otlpUrl: otlp.url, headers: headers.values, service };
  return {
    status: "ok",
    settings: { ...settings, hostName, environment, metricIntervalMillis, ...spans },
  };
}

const METRICS_EVERY_MILLIS = 15_000;
const EXAMPLE = "set it to Loki's address, for example http://127.0.0.1:3100";

function readLokiUrl(env: Environment, faults: string[]): string {
  const given = env[ENV.lokiUrl]?.trim();
  if (!given) {
    faults.push(`${ENV.lokiUrl} is not set, so the canary cannot look for its lines; ${EXAMPLE}`);
    return "";
  }
  // The value is not repeated: there may be a password in it.
  if (!URL.canParse(given) || !/^https?:$/.test(new URL(given).protocol)) {
    faults.push(
      `${ENV.lokiUrl} is not an address that begins with http:// or https://; ${EXAMPLE}`,
    );
  }
  return given;
}

function readSpan(span: Span, args: CanaryArguments, faults: string[]): number {
  const { name, fallback, minMillis, maxMillis } = span;
  const given = String(args[name] ?? fallback);
  const parsed = parseDuration(given);
  if (parsed.status === "invalid") {
    faults.push(`--${name}: ${parsed.message}`);
    return minMillis;
  }
  if (parsed.millis < minMillis || parsed.millis > maxMillis) {
    const bounds = `${formatDuration(minMillis)} to ${formatDuration(maxMillis)}`;
    faults.push(`--${name} "${given}": expected ${bounds}; leave it out for ${fallback}`);
  }
  return parsed.millis;
}

function readMetricInterval(env: Environment, faults: string[]): number {
  const given = env["OTEL_METRIC_EXPORT_INTERVAL"]?.trim();
  if (!given) return METRICS_EVERY_MILLIS;
  const millis = /^\d{1,9}$/.test(given) ? Number(given) : 0;
  if (millis < 1_000 || millis > 3_600_000) {
    faults.push(
      `OTEL_METRIC_EXPORT_INTERVAL "${given.slice(0, 40)}": expected milliseconds, 1000 to 3600000; leave it out for ${METRICS_EVERY_MILLIS}`,
    );
  }
  return millis;
}
