import {
  ATTRIBUTE,
  type AttributeValue,
  ERROR_FIELD,
  type Redactor,
  SEVERITY,
  severityFromText,
} from "@sightline/core";
import type { LineRecord } from "@sightline/wire";
import { currentScope } from "../scope/request-scope.ts";
import { activeSpanContext } from "../traces/active-span.ts";
import { limitBody } from "./body-limit.ts";
import { fingerprintError } from "./fingerprint-error.ts";
import { flattenFields } from "./flatten-fields.ts";
import type { CapturedError, LogLine } from "./log-line.ts";

const MAX_LEVEL_CHARACTERS = 64;
const MAX_NAME_CHARACTERS = 256;
const MAX_ERROR_MESSAGE_CHARACTERS = 1_024;

/**
 * A line as the record that leaves the process: limited, without secrets, with severity, trace, user
 * and session and, where it carries an error, fingerprints. The stack stands in the body, never in
 * an attribute.
 */
export function toLineRecord(line: LogLine, redactor: Redactor): LineRecord {
  const { level, error, loggerName } = line;
  const { attributes, droppedCount } = flattenFields(line.fields, redactor);
  if (droppedCount > 0) attributes[ATTRIBUTE.fieldsDropped] = droppedCount;
  attributes[ATTRIBUTE.kind] = "log";
  if (loggerName !== undefined) {
    attributes[ATTRIBUTE.loggerName] = redactor.text(loggerName).slice(0, MAX_NAME_CHARACTERS);
  }
  if (error !== undefined) Object.assign(attributes, errorAttributes(error, redactor));
  addScope(attributes);
  const body = limitBody(toBody(line), attributes);
  const known = severityFromText(level);
  const span = activeSpanContext();
  return {
    timeUnixMillis: line.timeMillis,
    severityNumber: line.severityNumber ?? known ?? SEVERITY.INFO,
    // A level that nobody knows may be any text at all.
    severityText: known === undefined ? redactor.text(level).slice(0, MAX_LEVEL_CHARACTERS) : level,
    body: redactor.text(body),
    attributes,
    traceId: span?.traceId,
    spanId: span?.spanId,
    traceFlags: span?.traceFlags,
  };
}

/** Who the request is for, where it is known; a field of the host with that name gives way. */
export function addScope(attributes: Record<string, AttributeValue>): void {
  const scope = currentScope();
  if (scope === undefined) return;
  if (scope.userHash !== undefined) attributes[ATTRIBUTE.userHash] = scope.userHash;
  if (scope.sessionId !== undefined) attributes[ATTRIBUTE.sessionId] = scope.sessionId;
}

function toBody({ message, error }: LogLine): string {
  const stack = error?.stack ?? "";
  if (stack === "") return message;
  // The stack's first line usually ends with the message: saying it twice helps nobody.
  const head = stack.split("\n", 1)[0] ?? "";
  const isSaid = message === "" || message === error?.message || head.endsWith(message);
  return isSaid ? stack : `${message}\n${stack}`;
}

function errorAttributes(error: CapturedError, redactor: Redactor): Record<string, AttributeValue> {
  const message = redactor.text(error.message).slice(0, MAX_ERROR_MESSAGE_CHARACTERS);
  // The name of an error is a text of the host's like others.
  const type = redactor.text(error.type).slice(0, MAX_NAME_CHARACTERS);
  const { fp, fpx, template, version } = fingerprintError({ type, message, stack: error.stack });
  return {
    [ATTRIBUTE.exceptionType]: type,
    [ATTRIBUTE.exceptionMessage]: message,
    [ERROR_FIELD.fp]: fp,
    [ERROR_FIELD.fpx]: fpx,
    [ERROR_FIELD.fpTemplate]: template,
    [ERROR_FIELD.fpVersion]: version,
  };
}
