import type { LogRecord } from "@opentelemetry/api";
import { millisToHrTime } from "@opentelemetry/core";
import {
  ATTRIBUTE,
  type AttributeValue,
  ERROR_FIELD,
  fingerprint,
  parseStack,
  type Redactor,
  SEVERITY,
  severityFromText,
} from "@sightline/core";
import { flattenFields } from "./flatten-fields.ts";
import type { CapturedError, LogLine } from "./log-line.ts";

/** Loki refuses a body over 256 kB; a character is at most three bytes here. */
const MAX_BODY_CHARACTERS = 65_536;

/**
 * A line as the record that leaves the process: limited, without secrets, with severity and, where
 * it carries an error, fingerprints. The stack stands in the body, never in an attribute.
 */
export function toLogRecord(line: LogLine, redactor: Redactor): LogRecord {
  const fields = redactor.value(line.fields) as Readonly<Record<string, unknown>>;
  const { attributes, droppedCount } = flattenFields(fields);
  if (droppedCount > 0) attributes[ATTRIBUTE.fieldsDropped] = droppedCount;
  attributes[ATTRIBUTE.kind] = "log";
  if (line.error !== undefined) Object.assign(attributes, errorAttributes(line.error, redactor));
  // As a pair: the SDK takes a number from before the start of the process, which a clock set back
  // makes, for a time since the start.
  const time = millisToHrTime(line.timeMillis);
  return {
    timestamp: time,
    // Equal to the time, because Loki stores it: a line sent twice must be the same twice.
    observedTimestamp: time,
    severityNumber: severityFromText(line.level) ?? SEVERITY.INFO,
    severityText: line.level,
    body: redactor.text(toBody(line)).slice(0, MAX_BODY_CHARACTERS),
    attributes,
  };
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
  const message = redactor.text(error.message).slice(0, 1_024);
  const { frames } = parseStack(error.stack);
  const { fp, fpx, template, version } = fingerprint({ type: error.type, message, frames });
  return {
    [ATTRIBUTE.exceptionType]: error.type,
    [ATTRIBUTE.exceptionMessage]: message,
    [ERROR_FIELD.fp]: fp,
    [ERROR_FIELD.fpx]: fpx,
    [ERROR_FIELD.fpTemplate]: template,
    [ERROR_FIELD.fpVersion]: version,
  };
}
