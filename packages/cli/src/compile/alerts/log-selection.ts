import { type Kind, LOKI_LABEL, LOKI_METADATA } from "@sightline/core";
import type { LogSelector } from "../../spec/schema/alerts.ts";
import { goString } from "../messages/go-template.ts";
import { escapeRegex, fieldName, labelMatcher } from "./label-names.ts";
import { stripComments } from "./strip-comments.ts";

/** The lines that an alert is about: a stream selector, and what is filtered behind it. */
export interface LogSelection {
  /** `{service_name="api", kind="log"}` */
  readonly stream: string;
  /** ` |= "text" | severity_number >= 17`, or an empty text. */
  readonly filters: string;
}

/** Lowest number of each severity: https://opentelemetry.io/docs/specs/otel/logs/data-model/#field-severitynumber */
const SEVERITY_NUMBER = { trace: 1, debug: 5, info: 9, warn: 13, error: 17, fatal: 21 } as const;

export function selectLines(
  log: Omit<LogSelector, "query">,
  environment: string | undefined,
): LogSelection {
  return {
    stream: streamOf({ ...log, kind: log.kind ?? "log", environment }),
    filters: [
      contains(log.contains),
      ...(log.without ?? []).map((text) => `!= ${goString(text)}`),
      log.matches === undefined ? undefined : `|~ ${goString(log.matches)}`,
      log.severity === undefined
        ? undefined
        : `| ${LOKI_METADATA.severityNumber} >= ${SEVERITY_NUMBER[log.severity]}`,
      // What could not be read would fail the whole query.
      log.parse === undefined ? undefined : `| ${log.parse} | ${LOKI_METADATA.pipelineError}=""`,
      ...Object.entries(log.fields ?? {}).map(([name, value]) => fieldFilter(name, value)),
    ]
      .filter((filter) => filter !== undefined)
      .map((filter) => ` ${filter}`)
      .join(""),
  };
}

export interface StreamOf {
  readonly service?: readonly string[] | undefined;
  readonly environment?: string | undefined;
  readonly host?: string | undefined;
  readonly kind: Kind;
}

/** `kind` is always there, so that the selector is never open, which Loki refuses. */
export function streamOf({ service, environment, host, kind }: StreamOf): string {
  const matchers = [
    service === undefined ? undefined : labelMatcher(LOKI_LABEL.serviceName, service),
    environment === undefined
      ? undefined
      : labelMatcher(LOKI_LABEL.deploymentEnvironmentName, [environment]),
    host === undefined ? undefined : labelMatcher(LOKI_LABEL.hostName, [host]),
    labelMatcher(LOKI_LABEL.kind, [kind]),
  ];
  return `{${matchers.filter((matcher) => matcher !== undefined).join(", ")}}`;
}

const COMPARED = /^(>=|<=|>|<)\s*(-?\d+(?:\.\d+)?)$/;

/** `"/pay"` is the value; `">= 500"` compares numbers, and what is none fails the query unless left out. */
function fieldFilter(name: string, value: string | number | boolean): string {
  const [, operator, amount] = COMPARED.exec(String(value).trim()) ?? [];
  return operator === undefined
    ? `| ${fieldName(name)}=${goString(String(value))}`
    : `| ${fieldName(name)} ${operator} ${amount} | ${LOKI_METADATA.pipelineError}=""`;
}

/** Loki finds alternatives of plain text as fast as one; `or` between filters is newer than many Lokis. */
function contains(texts: readonly string[] | undefined): string | undefined {
  const [first] = texts ?? [];
  if (texts === undefined || first === undefined) return undefined;
  return texts.length === 1
    ? `|= ${goString(first)}`
    : `|~ ${goString(texts.map(escapeRegex).join("|"))}`;
}

/**
 * A query of the user, cut where the selector ends. Undefined where it is none that selects lines: an
 * aggregation, or no selector at its beginning.
 */
export function cutSelection(query: string): LogSelection | undefined {
  const text = stripComments(query);
  if (!text.startsWith("{")) return undefined;
  const end = endOfSelector(text);
  if (end === undefined) return undefined;
  const rest = text.slice(end).trim();
  if (rest !== "" && !/^(\||!=|!~|!>)/.test(rest)) return undefined;
  return { stream: text.slice(0, end), filters: rest === "" ? "" : ` ${rest}` };
}

/** Braces inside strings do not count. */
function endOfSelector(text: string): number | undefined {
  for (const match of text.matchAll(/"(?:[^"\\]|\\.)*"|`[^`]*`|\}/gs)) {
    if (match[0] === "}") return match.index + 1;
  }
  return undefined;
}
