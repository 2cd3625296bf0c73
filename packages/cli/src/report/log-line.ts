import { CRASH_FIELD, ERROR_FIELD, LOKI_LABEL, LOKI_METADATA } from "@sightline/core";
import type { LogEntry } from "../query/loki.ts";
import { cleanLine, cleanText } from "./clean-text.ts";
import { formatLocalTime } from "./local-time.ts";
import type { Painter, Style } from "./style.ts";

export interface LogLineOptions {
  readonly paint: Painter;
  readonly showService: boolean;
  readonly showFields: boolean;
}

/** Fields that say where a line came from, not what happened; `--json` shows them. */
const QUIET_FIELDS: ReadonlySet<string> = new Set([
  ...Object.values(LOKI_LABEL),
  ...Object.values(LOKI_METADATA),
  "observed_timestamp",
  "flags",
  "trace_flags",
  "scope_name",
  "scope_version",
  "service_version",
  "service_instance_id",
  "process_pid",
  "container_id",
  "container_name",
  "container_image_name",
  "docker_compose_project",
  "docker_compose_service",
  "log_iostream",
  "log_file_path",
  "run",
  "telemetry_distro_name",
  "telemetry_distro_version",
  "telemetry_sdk_name",
  "telemetry_sdk_language",
  "telemetry_sdk_version",
  // The stack in the line says these better; the fingerprint is enough to search by.
  "exception_stacktrace",
  "exception_type",
  "exception_message",
  ERROR_FIELD.fpx,
  ERROR_FIELD.fpTemplate,
  ERROR_FIELD.fpVersion,
]);

/** Of pages: who came, with what, and how to resolve a stack anew. `sightline errors` shows them. */
const QUIET_FIELDS_OF_PAGES: ReadonlySet<string> = new Set([
  ERROR_FIELD.visitorHash,
  "browser_language",
  "browser_mobile",
  "user_agent_name",
  "user_agent_version",
  "user_agent_os_name",
  "browser_web_vital_name",
  "browser_web_vital_value",
  "browser_web_vital_rating",
  "debug_ids",
  "trail",
  "context",
  "element",
]);

const SEVERITY_STYLE: Readonly<Record<string, Style>> = {
  TRACE: "gray",
  DEBUG: "gray",
  INFO: "green",
  WARN: "yellow",
  ERROR: "red",
  FATAL: "magenta",
};

/** `2026-11-20 05:51:02.123 ERROR board the line key=value`, in the reader's time zone. */
export function formatEntry(entry: LogEntry, options: LogLineOptions): string {
  const { paint } = options;
  const severity = severityOf(entry);
  const parts = [
    paint("dim", formatLocalTime(Number(BigInt(entry.timeNanos) / 1_000_000n))),
    paint(SEVERITY_STYLE[severity] ?? "white", severity.padEnd(5)),
  ];
  if (options.showService) {
    parts.push(paint("cyan", cleanLine(entry.fields[LOKI_LABEL.serviceName] ?? "").padEnd(10)));
  }
  // A stack goes below the fields: what happened stands on one line, what belongs to it follows.
  const [message = "", ...rest] = cleanText(entry.line).split("\n");
  parts.push(message);
  // The record of a death repeats the lines that stand right above it.
  const isCrash = entry.fields[LOKI_LABEL.kind] === "crash";
  const stack = isCrash ? [] : rest;
  const fields = isCrash ? crashHint(entry) : options.showFields ? formatFields(entry) : "";
  if (fields) parts.push(paint("dim", cleanLine(fields)));
  return [parts.join(" "), ...formatStack(stack, paint)].join("\n");
}

/** Every line of a page has it. */
const BROWSER_ROUTE = "browser_route";

/** Above the stack as the page raised it, where source maps made another one of it. */
const RAISED_AS = "Raised as:";

function formatStack(stack: readonly string[], paint: Painter): readonly string[] {
  const raw = stack.indexOf(RAISED_AS);
  return stack.map((line, index) =>
    raw >= 0 && index >= raw ? paint("dim", line) : formatStackLine(line, paint),
  );
}

function crashHint({ fields }: LogEntry): string {
  const id = fields[CRASH_FIELD.crashId];
  return id === undefined ? "" : `sightline crashes show ${id}`;
}

/** Frames of libraries are there and stand back. */
function formatStackLine(line: string, paint: Painter): string {
  const isForeign = /^\s+at .*(node_modules|node:)/.test(line);
  return isForeign ? paint("dim", line) : line;
}

function severityOf(entry: LogEntry): string {
  const text =
    entry.fields[LOKI_METADATA.severityText] ?? entry.fields[LOKI_METADATA.detectedLevel];
  return cleanLine(text ?? "")
    .replace(/\d$/, "")
    .toUpperCase();
}

function formatFields(entry: LogEntry): string {
  const isOfPage = BROWSER_ROUTE in entry.fields;
  return Object.entries(entry.fields)
    .filter(([key]) => !QUIET_FIELDS.has(key) && !(isOfPage && QUIET_FIELDS_OF_PAGES.has(key)))
    .map(([key, value]) => `${key}=${/[\s"]/.test(value) ? JSON.stringify(value) : value}`)
    .join(" ");
}
