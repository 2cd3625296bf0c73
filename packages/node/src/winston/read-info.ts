import { format, inspect } from "node:util";
import { captureError, captureStackText, isErrorValue } from "../logs/capture-error.ts";
import type { CapturedError, LogLine } from "../logs/log-line.ts";

/** Registered symbols of the triple-beam package, the same in every copy of winston. */
const LEVEL = Symbol.for("level");
const SPLAT = Symbol.for("splat");
const TOKENS = /%[scdjifoO%]/g;

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

/**
 * What a call of a winston logger meant, from the object it writes to its stream. Formats have not
 * run yet, so the `%s` of the message are filled in here.
 *
 * Handles the shapes that winston 3 makes: `error(err)` (the info is the error), `error("text",
 * err)` (the error is in the splat), `error("text", { error: err })`, `log({ message: err })`, and
 * children, which turn an error into plain fields.
 */
export function readInfo(info: Info, timeMillis: number): LogLine {
  const { text, metas } = readMessage(info);
  const { error, errorKey } = findError(info, metas);
  return {
    level: String(info[LEVEL] ?? info["level"] ?? ""),
    message: text,
    fields: readFields(info, metas, errorKey),
    error,
    timeMillis,
  };
}

type Message = { readonly text: string; readonly metas: readonly unknown[] };

function readMessage(info: Info): Message {
  const message = info["message"];
  const splat = readSplat(info);
  if (typeof message !== "string") return { text: messageText(message), metas: splat };
  const tokens = splat.length === 0 ? null : message.match(TOKENS);
  if (tokens === null) return { text: message, metas: splat };
  const taken = tokens.filter((token) => token !== "%%").length;
  return { text: format(message, ...splat.slice(0, taken)), metas: splat.slice(taken) };
}

function readSplat(info: Info): readonly unknown[] {
  const splat = info[SPLAT] ?? info["splat"];
  return Array.isArray(splat) ? splat : [];
}

function messageText(message: unknown): string {
  if (message === undefined || message === null) return "";
  if (isErrorValue(message)) return captureError(message).message;
  return typeof message === "object" ? inspect(message, MESSAGE_LIMITS) : String(message);
}

type FoundError = { readonly error: CapturedError | undefined; readonly errorKey?: string };

function findError(info: Info, metas: readonly unknown[]): FoundError {
  if (isErrorValue(info)) return { error: captureError(info) };
  const inMessage = info["message"];
  if (isErrorValue(inMessage)) return { error: captureError(inMessage) };
  const inMetas = metas.find(isErrorValue);
  if (inMetas !== undefined) return { error: captureError(inMetas) };
  for (const source of [info, ...metas.filter(isObject)]) {
    for (const key of Object.keys(source)) {
      const value = key === "cause" ? undefined : source[key];
      if (isErrorValue(value)) return { error: captureError(value), errorKey: key };
    }
  }
  return { error: findFlattenedError(info) };
}

/** A child of winston turns an error into an object with its stack, message and cause. */
function findFlattenedError(info: Info): CapturedError | undefined {
  const { stack, cause, message } = info;
  if (typeof stack !== "string" || stack === "") return undefined;
  const causeStack = isErrorValue(cause) ? `\nCaused by: ${captureError(cause).stack}` : "";
  return captureStackText(String(message ?? ""), `${stack}${causeStack}`);
}

function readFields(
  info: Info,
  metas: readonly unknown[],
  errorKey: string | undefined,
): Record<string, unknown> {
  const isExceptionHandler = info["exception"] === true || info["rejection"] === true;
  const fields: Record<string, unknown> = Object.create(null);
  for (const source of [...metas.filter(isObject), info]) {
    for (const key of Object.keys(source)) {
      if (OWN_KEYS.has(key) || key === errorKey) continue;
      if (isExceptionHandler && EXCEPTION_HANDLER_KEYS.has(key)) continue;
      fields[key] = source[key];
    }
  }
  return fields;
}

function isObject(value: unknown): value is Info {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
