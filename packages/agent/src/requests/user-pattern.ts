import type { AccessLogFormatConfig } from "@sightline/core";
import { checkPattern } from "@sightline/wire/config";
import { type AccessResult, parseStatus } from "./access-line.ts";
import { type TimeUnit, toSeconds } from "./durations.ts";

const REQUIRED_GROUPS = ["method", "status", "path"] as const;
const DURATION_GROUPS: Readonly<Record<string, TimeUnit>> = {
  duration_s: "s",
  duration_ms: "ms",
  duration_us: "us",
};
const GROUPS = [...REQUIRED_GROUPS, ...Object.keys(DURATION_GROUPS), "host"];

/** What is allowed may still take the square of the length, so the length is bounded. */
const MAX_LINE_LENGTH = 4_096;

/** What is wrong with a pattern; empty if nothing is. */
export function findPatternFaults({ service, format, pattern }: AccessLogFormatConfig): string[] {
  if (format !== "pattern") return [];
  const subject = `accessLogs.formats for the service "${service}"`;
  if (pattern === undefined || pattern === "") {
    return [
      `${subject}: the format is "pattern", and there is no pattern; add "pattern", a regular expression with the groups ${listed(REQUIRED_GROUPS)}`,
    ];
  }
  const problem = checkPattern(pattern);
  if (problem !== undefined) {
    return [`${subject}: the pattern "${pattern}" cannot be used: ${problem}`];
  }
  const names = groupNames(pattern);
  const missing = REQUIRED_GROUPS.filter((name) => !names.includes(name));
  const unknown = names.filter((name) => !GROUPS.includes(name));
  return [
    ...missing.map(
      (name) =>
        `${subject}: the pattern "${pattern}" has no group "${name}"; write (?<${name}>…) around that part of the line`,
    ),
    ...unknown.map(
      (name) =>
        `${subject}: the pattern has a group "${name}", which is not known; expected ${listed(GROUPS)}, or a group without a name, (?:…)`,
    ),
  ];
}

function groupNames(pattern: string): string[] {
  // An alternative that matches nothing: the names are there, whatever the rest is.
  return Object.keys(new RegExp(`${pattern}|`).exec("")?.groups ?? {});
}

function listed(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(", ");
}

/** For a pattern without faults. */
export function createPatternParser(pattern: string): (text: string) => AccessResult {
  const expression = new RegExp(pattern);
  return (text) => {
    if (text.length > MAX_LINE_LENGTH) return undefined;
    const groups = expression.exec(text)?.groups;
    if (groups === undefined) return undefined;
    const { method, path, status, host } = groups;
    if (method === undefined || path === undefined) return undefined;
    const code = parseStatus(status ?? "");
    const seconds = readSeconds(groups);
    return {
      method,
      target: path,
      ...(code === undefined ? {} : { status: code }),
      ...(seconds === undefined ? {} : { seconds }),
      ...(host ? { host } : {}),
    };
  };
}

function readSeconds(groups: Readonly<Record<string, string | undefined>>): number | undefined {
  for (const [name, unit] of Object.entries(DURATION_GROUPS)) {
    const text = groups[name];
    if (text !== undefined && /^\d{1,15}(?:\.\d{1,12})?$/.test(text)) {
      return toSeconds(Number(text), unit);
    }
  }
  return undefined;
}
