import { format, inspect, stripVTControlCharacters } from "node:util";
import type { SeverityNumber } from "@sightline/core";
import { captureError, captureStackText, isErrorValue } from "../logs/capture-error.ts";
import type { CapturedError, LogLine } from "../logs/log-line.ts";
import { wasToldAsUncaught } from "../logs/uncaught-errors.ts";

/** Registered symbols of the triple-beam package, the same in every copy of winston. */
const SPLAT = Symbol.for("splat");
const TOKENS = /%[scdjifoO%]/g;
const ESCAPE = "\u001b";

/** Said elsewhere in the record. */
const OWN_KEYS: ReadonlySet<string> = new Set(["level", "message", "stack", "cause", "splat"]);
/** What winston's own exception handler adds to its line: facts of the machine, some kilobytes. */
const EXCEPTION_HANDLER_KEYS: ReadonlySet<string> = new Set([
  "exception",
  "rejection",
  "date",
  "process",
  "os",
  "trace",
]);

/** For the rare message that is an object. */
const MESSAGE_LIMITS = {
  depth: 3,
  maxArrayLength: 50,
  maxStringLength: 4_096,
  breakLength: Number.POSITIVE_INFINITY,
} as const;

type Info = Readonly<Record<PropertyKey, unknown>>;

const NO_METAS: readonly unknown[] = [];

/**
 * What a call of a winston logger meant, from the object it writes to its stream. Formats have not
 * run yet, so the `%s` of the message are filled in here.
 *
 * Handles the shapes that winston 3 makes: `error(err)` (the info is the error), `error("text",
 * err)` (the error is in the splat), `error("text", { error: err })`, `log({ message: err })`, and
 * children, which turn an error into plain fields.
 */
export function readInfo(
  info: Info,
  timeMillis: number,
  level: string,
  severityNumber?: SeverityNumber,
): LogLine {
  const { text, metas } = readMessage(info);
  return assemble({ info, text, metas, timeMillis, level, severityNumber });
}

/** The same after the logger's format: what it filled in, masked or left out stays so. */
export function readFormattedInfo(
  info: Info,
  timeMillis: number,
  level: string,
  severityNumber?: SeverityNumber,
): LogLine {
  const message = messageText(info["message"]);
  // Colours are for terminals.
  const text = message.includes(ESCAPE) ? stripVTControlCharacters(message) : message;
  return assemble({ info, text, metas: NO_METAS, timeMillis, level, severityNumber });
}

type Parts = Pick<LogLine, "timeMillis" | "level" | "severityNumber"> & {
  readonly info: Info;
  readonly text: string;
  readonly metas: readonly unknown[];
};

function assemble({ info, text, metas, timeMillis, level, severityNumber }: Parts): LogLine {
  const { error, errorKey, value } = findError(info, metas);
  const isUncaught = info["exception"] === true || info["rejection"] === true;
  return {
    level,
    message: text,
    fields: readFields(info, metas, errorKey, isUncaught),
    error,
    timeMillis,
    severityNumber,
    isUncaught,
    isRetold: isUncaught && wasToldAsUncaught(value),
  };
}

type Message = { readonly text: string; readonly metas: readonly unknown[] };

function readMessage(info: Info): Message {
  const message = info["message"];
  const splat = readSplat(info);
  if (typeof message !== "string") return { text: messageText(message), metas: splat };
  if (splat.length === 0 || !message.includes("%")) return { text: message, metas: splat };
  const tokens = message.match(TOKENS);
  if (tokens === null) return { text: message, metas: splat };
  const taken = tokens.filter((token) => token !== "%%").length;
  return { text: format(message, ...splat.slice(0, taken)), metas: splat.slice(taken) };
}

function readSplat(info: Info): readonly unknown[] {
  const splat = info[SPLAT] ?? info["splat"];
  return Array.isArray(splat) ? splat : NO_METAS;
}

function messageText(message: unknown): string {
  if (typeof message === "string") return message;
  if (message === undefined || message === null) return "";
  if (isErrorValue(message)) return captureError(message).message;
  return typeof message === "object" ? inspect(message, MESSAGE_LIMITS) : String(message);
}

type FoundError = {
  readonly error: CapturedError | undefined;
  readonly errorKey?: string;
  /** The live error, to tell it from others; never kept. */
  readonly value?: Error;
};

const NO_ERROR: FoundError = { error: undefined };

function findError(info: Info, metas: readonly unknown[]): FoundError {
  if (isErrorValue(info)) return found(info);
  const inMessage = info["message"];
  if (isErrorValue(inMessage)) return found(inMessage);
  for (const meta of metas) if (isErrorValue(meta)) return found(meta);
  const inInfo = findErrorField(info);
  if (inInfo !== undefined) return inInfo;
  for (const meta of metas) {
    const inMeta = isObject(meta) ? findErrorField(meta) : undefined;
    if (inMeta !== undefined) return inMeta;
  }
  return findFlattenedError(info);
}

function found(value: Error, errorKey?: string): FoundError {
  const error = captureError(value);
  return errorKey === undefined ? { error, value } : { error, errorKey, value };
}

function findErrorField(source: Info): FoundError | undefined {
  for (const key in source) {
    if (key === "cause") continue;
    const value = readField(source, key);
    if (typeof value === "object" && isErrorValue(value)) return found(value, key);
  }
  return undefined;
}

/** A child of winston turns an error into an object with its stack, message and cause. */
function findFlattenedError(info: Info): FoundError {
  const { stack, cause, message, name } = info;
  if (typeof stack !== "string" || stack === "") return NO_ERROR;
  const causeStack = isErrorValue(cause) ? `\nCaused by: ${captureError(cause).stack}` : "";
  const error = captureStackText(String(message ?? ""), `${stack}${causeStack}`);
  // A class that sets its name after the stack was written is called "Error" there.
  const isNamed = error.type === "Error" && typeof name === "string" && name !== "";
  return { error: isNamed ? { ...error, type: name } : error };
}

function readFields(
  info: Info,
  metas: readonly unknown[],
  errorKey: string | undefined,
  isUncaught: boolean,
): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  for (const meta of metas) if (isObject(meta)) addFields(fields, meta, errorKey, isUncaught);
  addFields(fields, info, errorKey, isUncaught);
  return fields;
}

function addFields(
  fields: Record<string, unknown>,
  source: Info,
  errorKey: string | undefined,
  isUncaught: boolean,
): void {
  for (const key of Object.keys(source)) {
    if (OWN_KEYS.has(key) || key === errorKey) continue;
    if (isUncaught && EXCEPTION_HANDLER_KEYS.has(key)) continue;
    const value = readField(source, key);
    if (key === "__proto__") setProto(fields, value);
    else fields[key] = value;
  }
}

/** A field of that name stays a field. */
function setProto(fields: object, value: unknown): void {
  const property = { value, enumerable: true, writable: true, configurable: true };
  Object.defineProperty(fields, "__proto__", property);
}

/** A getter of the host may throw. */
function readField(source: Info, key: string): unknown {
  try {
    return source[key];
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Info {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
