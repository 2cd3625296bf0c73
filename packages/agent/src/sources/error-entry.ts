import {
  ATTRIBUTE,
  type Attributes,
  ERROR_FIELD,
  type ErrorRecord,
  SEVERITY,
  toAttributes,
} from "@sightline/core";
import type { LogEntry } from "../lines/log-entry.ts";
import { toMillis } from "./line.ts";

/**
 * The compact record beside a line that carries an error, so that lists of problems never scan
 * lines. Undefined for every other line. Made of what is redacted already.
 */
export function toErrorEntry(entry: LogEntry, release: string | undefined): LogEntry | undefined {
  const { attributes } = entry;
  const fp = textOf(attributes, ERROR_FIELD.fp);
  if (fp === undefined) return undefined;
  const template = textOf(attributes, ERROR_FIELD.fpTemplate) ?? "";
  const userHash = textOf(attributes, ATTRIBUTE.userHash);
  const sessionId = textOf(attributes, ATTRIBUTE.sessionId);
  const record: ErrorRecord = {
    kind: "error",
    timeMillis: toMillis(entry.time),
    body: template,
    fp,
    fpx: textOf(attributes, ERROR_FIELD.fpx) ?? fp,
    fpTemplate: template,
    fpVersion: Number(attributes[ERROR_FIELD.fpVersion] ?? 0),
    exceptionType: textOf(attributes, ATTRIBUTE.exceptionType) ?? "",
    // A line says that it was written, not that anybody caught what it tells of.
    handled: entry.severityNumber < SEVERITY.FATAL,
    ...(release === undefined ? {} : { release }),
    ...(userHash === undefined ? {} : { userHash }),
    ...(sessionId === undefined ? {} : { sessionId }),
    n: 1,
  };
  return {
    time: entry.time,
    body: template,
    severityNumber: entry.severityNumber,
    ...(entry.severityText === undefined ? {} : { severityText: entry.severityText }),
    ...(entry.traceId === undefined ? {} : { traceId: entry.traceId }),
    ...(entry.spanId === undefined ? {} : { spanId: entry.spanId }),
    attributes: toAttributes(record),
    lines: 0,
  };
}

function textOf(attributes: Attributes, name: string): string | undefined {
  const value = attributes[name];
  return typeof value === "string" && value !== "" ? value : undefined;
}
