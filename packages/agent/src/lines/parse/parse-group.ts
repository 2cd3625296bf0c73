import {
  type AttributeValue,
  cleanText,
  FINGERPRINT_VERSION,
  fingerprint,
  type InferredSeverity,
  inferSeverity,
  SEVERITY,
  type SeverityNumber,
  severityFromText,
  severityNumberToText,
} from "@sightline/core";
import type { Line, Time } from "../../sources/line.ts";
import type { ParsedText } from "../log-entry.ts";
import {
  errorAttributes,
  errorOfFields,
  exceptionMessage,
  type FoundError,
  findError,
  fingerprintAttributes,
} from "./error-attributes.ts";
import { readJsonLine } from "./json-line.ts";
import { findLastException } from "./last-exception.ts";
import { readLogfmtLine } from "./logfmt-line.ts";
import { type Fields, readFields, type StructuredLine } from "./structured-line.ts";
import { findTraceContext } from "./trace-context.ts";

/**
 * What the text of one group says: body, severity, trace, fields, error. Never throws; linear.
 * Nothing is redacted yet, and the body is as long as the lines were.
 */
export function parseGroup(lines: readonly Line[]): ParsedText {
  const [first] = lines;
  if (first === undefined) return { body: "", severityNumber: SEVERITY.INFO, attributes: {} };
  const text = cleanText(
    lines.length === 1 ? first.text : lines.map((line) => line.text).join("\n"),
  );
  return parseSafely(text, first.time);
}

function parseSafely(text: string, time: Time): ParsedText {
  try {
    return parseStructured(text, time) ?? parsePlain(text);
  } catch {
    // An object that is nested ten thousand levels deep overflows the stack; it is still a line.
    return { body: text, severityNumber: SEVERITY.INFO, attributes: {} };
  }
}

function parseStructured(text: string, time: Time): ParsedText | undefined {
  const fields = structuredLine(text);
  if (fields !== undefined) return fromFields(fields, text, "", time);
  // A joiner that was told to may have put plain lines below a structured one.
  const end = text.indexOf("\n");
  const above = end < 0 ? undefined : structuredLine(text.slice(0, end));
  return above === undefined ? undefined : fromFields(above, text, text.slice(end), time);
}

function structuredLine(text: string): Fields | undefined {
  return readJsonLine(text) ?? readLogfmtLine(text);
}

/** @param below plain lines below the structured one, with the line end before them. */
function fromFields(fields: Fields, text: string, below: string, time: Time): ParsedText {
  const line = readFields(fields, time);
  const message = line.message ?? (line.error?.stack === undefined ? undefined : "");
  const body = message === undefined ? text : bodyOf(line, message) + below;
  const found = line.error === undefined ? undefined : errorOfFields(line.error);
  const error = found ?? (below === "" ? undefined : findError(below.slice(1)));
  const level = levelOf(line.level, error !== undefined);
  const attributes: Record<string, AttributeValue> = line.attributes;
  if (error !== undefined) Object.assign(attributes, errorAttributes(error));
  else {
    const said = line.error?.message;
    if (said !== undefined) Object.assign(attributes, exceptionMessage(said));
    if (level.severityNumber >= SEVERITY.ERROR) Object.assign(attributes, loggedError(line, body));
  }
  return { body, ...level, ...(line.trace ?? findTraceContext(below)), attributes };
}

/** Message and stack; the stack alone where its first line says the message anyway. */
function bodyOf({ error }: StructuredLine, message: string): string {
  const stack = error?.stack;
  if (stack === undefined) return message;
  const head = stack.split("\n", 1)[0] ?? "";
  return head.endsWith(message) ? stack : `${message}\n${stack}`;
}

/** What a logger states in a field is kept, as the SDK keeps it, even where it carries an error. */
function levelOf(
  level: string | undefined,
  hasError: boolean,
): Pick<ParsedText, "severityNumber" | "severityText"> {
  const number = level === undefined ? undefined : severityFromText(level);
  if (level === undefined || number === undefined) {
    return hasError ? ERROR_FOUND : { severityNumber: SEVERITY.INFO };
  }
  const text = /^\d/.test(level) ? severityNumberToText(number) : level;
  return { severityNumber: number, severityText: text };
}

const FATAL_FOUND = { severityNumber: SEVERITY.FATAL, severityText: "FATAL" } as const;
const ERROR_FOUND = { severityNumber: SEVERITY.ERROR, severityText: "ERROR" } as const;

/** An error that was only logged groups by its words. */
function loggedError(line: StructuredLine, body: string): Record<string, AttributeValue> {
  const message = [line.message ?? body, line.error?.message].filter(Boolean).join(": ");
  const { logger } = line;
  return fingerprintAttributes(
    fingerprint({ message, ...(logger === undefined ? {} : { logger }) }),
  );
}

function parsePlain(text: string): ParsedText {
  const end = text.indexOf("\n");
  const inferred = inferLevel(text, end);
  const mayHoldError = end >= 0 || inferred.severityNumber >= SEVERITY.ERROR;
  const error = mayHoldError ? (findEnd(text) ?? findError(text)) : undefined;
  const trace = findTraceContext(text);
  if (error !== undefined) {
    const level = error.isFatal
      ? FATAL_FOUND
      : atLeastError(inferred.severityNumber, inferred.severityText);
    return { body: text, ...level, ...trace, attributes: errorAttributes(error) };
  }
  const isLogged = inferred.severityNumber >= SEVERITY.ERROR;
  return {
    body: text,
    severityNumber: inferred.severityNumber,
    ...(inferred.source === "default" ? {} : { severityText: inferred.severityText }),
    ...trace,
    attributes: isLogged ? fingerprintAttributes(fingerprint({ message: text })) : {},
  };
}

/** Ends that have no stack of a language, or tell it after other things. */
const END =
  /^Node\.js v\d|JavaScript heap out of memory|^Stack overflow\.$|^# A fatal error has been detected/m;

function findEnd(text: string): FoundError | undefined {
  if (!END.test(text.slice(0, MAX_END_CHARACTERS))) return undefined;
  const found = findLastException(text.split("\n"));
  if (found === undefined || found.origin === "logged") return undefined;
  const { type, message, origin, fp, fpx, template } = found;
  const print = { fp, fpx, template, version: FINGERPRINT_VERSION } as const;
  return { type, message, fingerprint: print, isFatal: FATAL_ORIGINS.has(origin) };
}

const FATAL_ORIGINS: ReadonlySet<string> = new Set(["panic", "heap_limit"]);
const MAX_END_CHARACTERS = 65_536;

/** java.util.logging: time, class and method; below them level and message. */
const LEVEL_BELOW = /^\n(?:SEVERE|WARNING|INFO|CONFIG|FINE|FINER|FINEST): /;

function inferLevel(text: string, end: number): InferredSeverity {
  if (end < 0) return inferSeverity(text);
  const isBelow = LEVEL_BELOW.test(text.slice(end, end + 16));
  return inferSeverity(isBelow ? text.slice(end + 1, end + 256) : text.slice(0, end));
}

function atLeastError(
  number: SeverityNumber,
  text: string,
): Pick<ParsedText, "severityNumber" | "severityText"> {
  return number >= SEVERITY.ERROR ? { severityNumber: number, severityText: text } : ERROR_FOUND;
}
