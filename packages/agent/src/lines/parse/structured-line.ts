import { ATTRIBUTE, type AttributeValue, severityFromText } from "@sightline/core";
import type { Time } from "../../sources/line.ts";
import { type FieldRole, roleOfField } from "./field-roles.ts";
import { createFlatAttributes, cutAttribute, type FlatAttributes } from "./flat-attributes.ts";
import { isNearTime } from "./line-time.ts";
import { readSpanId, readTraceId, readTraceparent, type TraceContext } from "./trace-context.ts";

const MAX_DEPTH = 4;

/** What the fields of one line say. */
export interface StructuredLine {
  readonly message: string | undefined;
  readonly level: string | undefined;
  readonly logger: string | undefined;
  readonly trace: TraceContext | undefined;
  readonly error: ErrorFields | undefined;
  readonly attributes: Record<string, AttributeValue>;
}

export interface ErrorFields {
  readonly type: string | undefined;
  readonly message: string | undefined;
  /** As its runtime prints it; maybe without the line of type and message. */
  readonly stack: string | undefined;
}

export type Fields = Readonly<Record<string, unknown>>;

/**
 * Sorts the fields of a line by what they mean. Those without a meaning become flat attributes
 * (`a.b`; arrays and what is deeper than four levels as JSON) within the limits of the store; how
 * many did not fit is in `fields_dropped`.
 *
 * @param time of the line by its source: a time in the line that agrees with it is not repeated.
 */
export function readFields(fields: Fields, time: Time): StructuredLine {
  const flat = createFlatAttributes();
  const candidates: Candidates = new Map();
  sortFields("", fields, 0, flat, candidates);
  const take: Take = (role, read) => takeBest(candidates.get(role), read, flat);

  const message = take("message", readScalar);
  const level = take("level", readLevel);
  const logger = take("logger", readText);
  take("time", (value) => (isNearTime(value, time) ? true : undefined));
  const trace = takeTrace(take);
  const error = takeError(take);

  const { attributes } = flat;
  if (logger !== undefined) attributes[ATTRIBUTE.loggerName] = cutAttribute(logger);
  if (flat.droppedCount() > 0) attributes[ATTRIBUTE.fieldsDropped] = flat.droppedCount();
  return { message, level, logger, trace, error, attributes };
}

interface Candidate {
  readonly rank: number;
  readonly path: string;
  readonly value: AttributeValue;
}
type Candidates = Map<FieldRole, Candidate[]>;
type Take = <T>(role: FieldRole, read: (value: AttributeValue) => T | undefined) => T | undefined;

function sortFields(
  prefix: string,
  fields: Fields,
  depth: number,
  flat: FlatAttributes,
  candidates: Candidates,
): void {
  for (const key of Object.keys(fields)) {
    const path = prefix === "" ? key : `${prefix}.${key}`;
    const value = fields[key];
    const meaning = roleOfField(path);
    const scalar = meaning === undefined ? undefined : roleValue(meaning.role, value);
    if (meaning !== undefined && scalar !== undefined) {
      const candidate = { rank: meaning.rank, path, value: scalar };
      const list = candidates.get(meaning.role);
      if (list === undefined) candidates.set(meaning.role, [candidate]);
      else list.push(candidate);
    } else if (isObject(value) && depth < MAX_DEPTH) {
      sortFields(path, value, depth + 1, flat, candidates);
    } else {
      const attribute = toAttributeValue(value);
      if (attribute !== undefined) flat.add(path, attribute);
    }
  }
}

/** The first that can be read; the others are ordinary fields. */
function takeBest<T>(
  list: Candidate[] | undefined,
  read: (value: AttributeValue) => T | undefined,
  flat: FlatAttributes,
): T | undefined {
  if (list === undefined) return undefined;
  if (list.length > 1) list.sort((a, b) => a.rank - b.rank);
  let found: T | undefined;
  for (const { path, value } of list) {
    const result = found === undefined ? read(value) : undefined;
    if (result === undefined) flat.add(path, value);
    else found = result;
  }
  return found;
}

function takeTrace(take: Take): TraceContext | undefined {
  const parent = take("traceparent", (value) => readTraceparent(String(value)));
  const traceId = take("traceId", (value) => readTraceId(String(value)));
  const spanId = take("spanId", (value) => readSpanId(String(value)));
  if (traceId === undefined) return parent;
  return spanId === undefined ? { traceId } : { traceId, spanId };
}

function takeError(take: Take): ErrorFields | undefined {
  const given = take("stack", readStack);
  const message = take("errorMessage", readText);
  // `error` is a message with some loggers and a stack with others; a second message stays a field.
  const isNeeded = (text: string) =>
    text.includes("\n") ? given === undefined : message === undefined;
  const text = take("error", (value) => {
    const found = readErrorText(value);
    return found !== undefined && isNeeded(found) ? found : undefined;
  });
  const isStack = text?.includes("\n") === true;
  const stack = given ?? (isStack ? text : undefined);
  const said = message ?? (isStack ? undefined : text);
  // A type alone (`error.type=timeout`) is an attribute of OpenTelemetry, not an exception.
  const hasError = stack !== undefined || said !== undefined;
  const type = take("errorType", (value) => (hasError ? readText(value) : undefined));
  return hasError ? { type, message: said, stack } : undefined;
}

/** A value that this role can have; an object is opened instead, `null` is nothing. */
function roleValue(role: FieldRole, value: unknown): AttributeValue | undefined {
  if (Array.isArray(value)) return role === "stack" || role === "error" ? joined(value) : undefined;
  return typeof value === "string" || typeof value === "number" ? value : undefined;
}

/** Ruby: a backtrace is a list of places, an exception (lograge) of class and message. */
function joined(values: readonly unknown[]): string | undefined {
  const isText = values.length > 0 && values.every((value) => typeof value === "string");
  if (!isText) return undefined;
  return values.length === 2 ? values.join(": ") : values.join("\n");
}

function readScalar(value: AttributeValue): string | undefined {
  return value === "" ? undefined : String(value);
}

function readText(value: AttributeValue): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** A stack has several lines, or one that names a place; `stack=production` has neither. */
function readStack(value: AttributeValue): string | undefined {
  const text = readText(value);
  return text !== undefined && (text.includes("\n") || /:\d/.test(text)) ? text : undefined;
}

/** `error=nil`, `error=false`: loggers that always write the field. */
function readErrorText(value: AttributeValue): string | undefined {
  const text = readText(value);
  return text === undefined || /^(?:<?nil>?|null|none|false|true|-|\d{1,9})$/i.test(text)
    ? undefined
    : text;
}

function readLevel(value: AttributeValue): string | undefined {
  const text = String(value);
  return severityFromText(text) === undefined ? undefined : text;
}

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function toAttributeValue(value: unknown): AttributeValue | undefined {
  switch (typeof value) {
    case "string":
    case "boolean":
    case "number":
      return value;
    case "object":
      return value === null ? undefined : JSON.stringify(value);
    default:
      return undefined;
  }
}
