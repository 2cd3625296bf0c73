import {
  isUserSecret,
  LOGS_MODES,
  MAX_RING_BYTES,
  MIN_RING_BYTES,
  USER_SECRET_EXPECTED,
} from "@sightline/core";
import { DATABASE_NAMES, isDatabaseName } from "../databases/database-names.ts";
import { isLoggerName, LOGGERS } from "../logs/loggers.ts";
import type { OptionName } from "./start-options.ts";

/** What an option takes, in words for the message and as a test. */
export type OptionRule = { readonly expected: string; accepts(value: unknown): boolean };

/** One rule per option; a new option without a rule does not compile. */
export const OPTION_RULES: Readonly<Record<OptionName, OptionRule>> = {
  serviceName: text(),
  serviceVersion: text(),
  environment: text(),
  resourceAttributes: textMap(),
  endpoint: {
    expected: 'a base URL such as "http://127.0.0.1:4318", without query, credentials or fragment',
    accepts: isEndpoint,
  },
  headers: textMap(),
  compression: oneOf(["gzip", "none"]),
  exportTimeoutMillis: whole(100, 600_000, "milliseconds"),
  logs: oneOf(LOGS_MODES),
  loggers: {
    expected: `a list of ${LOGGERS.map((name) => `"${name}"`).join(", ")}`,
    accepts: (value) => Array.isArray(value) && value.every(isLoggerName),
  },
  winstonFormats: flag(),
  metrics: flag(),
  promClient: flag(),
  metricIntervalMillis: whole(1_000, 3_600_000, "milliseconds"),
  traces: flag(),
  sampleRatio: {
    expected: "a number from 0 to 1",
    accepts: (value) => typeof value === "number" && value >= 0 && value <= 1,
  },
  databases: {
    expected: `false, or a list of ${DATABASE_NAMES.map((name) => `"${name}"`).join(", ")}`,
    accepts: (value) => value === false || (Array.isArray(value) && value.every(isDatabaseName)),
  },
  spoolDirectory: {
    expected: "a folder's path, or false for none",
    accepts: (value) => value === false || isText(value),
  },
  crashRecorder: flag(),
  ringDirectory: { expected: "a folder's path", accepts: isText },
  ringMaxBytes: whole(MIN_RING_BYTES, MAX_RING_BYTES, "bytes"),
  spoolMaxBytes: whole(1_048_576, 68_719_476_736, "bytes"),
  maxMemoryBytes: whole(65_536, 1_073_741_824, "bytes"),
  redaction: {
    expected: 'an object of redaction rules, such as { denyKeys: ["iban"] }',
    accepts: (value) => typeof value === "object" && value !== null && !Array.isArray(value),
  },
  userSecret: {
    expected: USER_SECRET_EXPECTED,
    accepts: (value) => typeof value === "string" && isUserSecret(value),
  },
  flushTimeoutMillis: whole(0, 60_000, "milliseconds"),
  maxRoutes: whole(1, 10_000, "routes"),
  maxPeers: whole(1, 10_000, "hosts"),
  maxTemplates: whole(1, 1_000, "templates"),
  maxLabelValues: whole(1, 10_000, "values"),
  clientTemplate: {
    expected: "a function from a URL to its template, or undefined",
    accepts: (value) => typeof value === "function",
  },
  handleSignals: flag(),
  startupLine: flag(),
  disabled: flag(),
};

function isText(value: unknown): value is string {
  return typeof value === "string" && value.trim() !== "";
}

function isEndpoint(value: unknown): boolean {
  if (!isText(value) || !URL.canParse(value)) return false;
  const url = new URL(value);
  const isHttp = url.protocol === "http:" || url.protocol === "https:";
  return isHttp && url.search === "" && url.hash === "" && url.username === "" && !url.password;
}

function text(): OptionRule {
  return { expected: "a text that is not empty", accepts: isText };
}

function flag(): OptionRule {
  return { expected: "true or false", accepts: (value) => typeof value === "boolean" };
}

function oneOf(choices: readonly string[]): OptionRule {
  const expected = `one of ${choices.map((choice) => `"${choice}"`).join(", ")}`;
  return { expected, accepts: (value) => choices.includes(value as string) };
}

function whole(min: number, max: number, unit: string): OptionRule {
  return {
    expected: `a whole number of ${unit} from ${min} to ${max}`,
    accepts: (value) => Number.isInteger(value) && Number(value) >= min && Number(value) <= max,
  };
}

function textMap(): OptionRule {
  return {
    expected: 'an object of texts, such as { "team": "shop" }',
    accepts: (value) =>
      typeof value === "object" &&
      value !== null &&
      !Array.isArray(value) &&
      Object.values(value).every((entry) => typeof entry === "string"),
  };
}
