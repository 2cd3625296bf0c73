import { hostname } from "node:os";
import { ATTRIBUTE } from "@sightline/core";
import { captureError, captureStackText, isErrorValue } from "../logs/capture-error.ts";
import type { CapturedError, LogLine } from "../logs/log-line.ts";
import type { PinoCall } from "./patch-as-json.ts";
import {
  FORMATTERS,
  levelOf,
  ownSymbol,
  type PinoLogger,
  type PinoSymbols,
  SERIALIZERS,
  streamWriteOf,
  symbolsOf,
} from "./pino-class.ts";

/** Parsing a longer line would hold the process up; its head is sent as text. */
const MAX_PARSED_CHARACTERS = 1_048_576;
const MAX_HEAD_CHARACTERS = 65_536;
const MAX_AGGREGATED = 5;

const PID: number = process.pid;
const HOSTNAME: string = hostname();
/** Keys under which errors are looked for beside the logger's own. */
const ERROR_KEYS: ReadonlySet<string> = new Set(["err", "error", "exception"]);
/** What pino's serializer writes of an error and the stack says as well. */
const SAID_KEYS: ReadonlySet<string> = new Set([
  "type",
  "name",
  "message",
  "stack",
  "aggregateErrors",
]);

type Fields = Record<string, unknown>;

/**
 * A line of pino, from the text that it prints: serializers, formatters and redaction have been
 * at work, and parsing it costs less than doing that again. The live object of the call is only
 * looked at for an error that pino prints as `{}` because no serializer was set for its key.
 */
export function readLine(call: PinoCall, json: string, timeMillis: number): LogLine {
  const { logger } = call;
  const { label, severityNumber } = levelOf(logger, call.level);
  const parsed = parseLine(json);
  if (parsed === undefined) {
    return {
      level: label,
      message: json.slice(0, MAX_HEAD_CHARACTERS).trimEnd(),
      fields: { [ATTRIBUTE.fieldsDropped]: 1 },
      error: undefined,
      timeMillis,
      severityNumber,
    };
  }
  const symbols = symbolsOf(logger);
  const messageKey = textOf(logger, symbols?.messageKey) ?? "msg";
  const message = parsed[messageKey];
  const fields = withoutOwn(parsed, call, messageKey);
  const error = takeError(fields, call, symbols);
  return {
    level: label,
    message: message === undefined ? (error?.message ?? "") : messageText(message),
    fields,
    error,
    timeMillis,
    severityNumber,
    loggerName: takeName(fields, logger, symbols),
  };
}

function parseLine(json: string): Fields | undefined {
  if (json.length > MAX_PARSED_CHARACTERS) return undefined;
  try {
    const value: unknown = JSON.parse(json);
    return isObject(value) ? value : undefined;
  } catch {
    // A stringifier of the host that writes something else than JSON.
    return undefined;
  }
}

function messageText(message: unknown): string {
  return typeof message === "string" ? message : JSON.stringify(message);
}

/** A copy without what pino adds to each line and the record says elsewhere. */
function withoutOwn(parsed: Fields, call: PinoCall, messageKey: string): Fields {
  const fields: Fields = {};
  for (const key in parsed) {
    if (key === messageKey || isOwn(parsed, key, call)) continue;
    const value = parsed[key];
    if (key === "__proto__") setProto(fields, value);
    else fields[key] = value;
  }
  return fields;
}

function isOwn(parsed: Fields, key: string, { level, logger, time }: PinoCall): boolean {
  const value = parsed[key];
  switch (key) {
    case "level":
      return value === level || value === logger.levels.labels[level];
    case "pid":
      return value === PID;
    case "hostname":
      return value === HOSTNAME;
    default:
      // `,"time":1700000000000` or whatever `timestamp` gives. A field of the host with that name
      // stands later in the line, so that the value differs.
      return time.startsWith(key, 2) && time === `,"${key}":${JSON.stringify(value)}`;
  }
}

/** A field of that name stays a field. */
function setProto(fields: object, value: unknown): void {
  const property = { value, enumerable: true, writable: true, configurable: true };
  Object.defineProperty(fields, "__proto__", property);
}

/** The option `name` of a logger; a field `name` of one line is the host's. */
function takeName(
  fields: Fields,
  logger: PinoLogger,
  symbols: PinoSymbols | undefined,
): string | undefined {
  const { name } = fields;
  if (typeof name !== "string") return undefined;
  const bindings = textOf(logger, symbols?.chindings);
  if (bindings === undefined || !bindings.includes(`"name":${JSON.stringify(name)}`)) {
    return undefined;
  }
  delete fields["name"];
  return name;
}

function takeError(
  fields: Fields,
  { logger, fields: live }: PinoCall,
  symbols: PinoSymbols | undefined,
): CapturedError | undefined {
  const nestedKey = textOf(logger, symbols?.nestedKey);
  const nested = nestedKey === undefined ? undefined : fields[nestedKey];
  const holder = isObject(nested) ? nested : fields;
  const errorKey = textOf(logger, symbols?.errorKey);
  for (const key in holder) {
    const printed = holder[key];
    if (typeof printed !== "object" || !isObject(printed)) continue;
    if (key !== errorKey && !ERROR_KEYS.has(key)) continue;
    const error =
      readPrinted(printed, readLive(live, key)) ??
      (isPlain(logger, symbols, key) ? captureLive(live, key) : undefined);
    if (error === undefined) continue;
    const rest = Object.entries(printed).filter(([name]) => !SAID_KEYS.has(name));
    if (rest.length > 0) holder[key] = Object.fromEntries(rest);
    else delete holder[key];
    return error;
  }
  return undefined;
}

/** What a serializer made of an error, the standard one or one that keeps the stack. */
function readPrinted(printed: Fields, live: unknown): CapturedError | undefined {
  const { stack, message, type } = printed;
  if (typeof stack !== "string" || stack === "") return undefined;
  const text = [
    stack.replaceAll("\ncaused by: ", "\nCaused by: "),
    ...aggregatedStacks(printed["aggregateErrors"]),
  ].join("\n");
  const error = captureStackText(typeof message === "string" ? message : "", text);
  return {
    ...error,
    ...(typeof type === "string" && type !== "" ? { type } : {}),
    message: ownMessage(typeof message === "string" ? message : error.message, live),
  };
}

function aggregatedStacks(errors: unknown): string[] {
  if (!Array.isArray(errors)) return [];
  const stacks = errors.slice(0, MAX_AGGREGATED).map((error: Fields | null) => error?.["stack"]);
  return stacks.filter((stack) => typeof stack === "string").map((stack) => `With: ${stack}`);
}

/** Pino joins the messages of the causes to it, which would make another problem of the same error. */
function ownMessage(printed: string, live: unknown): string {
  if (!isErrorValue(live)) return printed;
  const { message } = captureError(live);
  return message !== "" && printed.startsWith(`${message}: `) ? message : printed;
}

/** Whether pino writes this key as it is: no serializer, formatter or redaction of the host's. */
function isPlain(logger: PinoLogger, symbols: PinoSymbols | undefined, key: string): boolean {
  const holder = logger as unknown as Readonly<Record<symbol, unknown>>;
  const stringifiers = symbols?.stringifiers && holder[symbols.stringifiers];
  const serializers = holder[SERIALIZERS];
  const formatters = holder[FORMATTERS];
  if (!isObject(stringifiers) || !isObject(serializers) || !isObject(formatters)) return false;
  if (formatters["log"] !== undefined || streamWriteOf(logger) !== undefined) return false;
  if (stringifiers[key] !== undefined || serializers[key] !== undefined) return false;
  // A redaction of `*.something` is kept under a symbol.
  return ownSymbol(stringifiers, "pino.wildcardFirst") === undefined;
}

function captureLive(live: unknown, key: string): CapturedError | undefined {
  const value = readLive(live, key);
  return isErrorValue(value) ? captureError(value) : undefined;
}

function readLive(live: unknown, key: string): unknown {
  try {
    return isObject(live) ? live[key] : undefined;
  } catch {
    return undefined;
  }
}

function textOf(logger: PinoLogger, symbol: symbol | undefined): string | undefined {
  if (symbol === undefined) return undefined;
  const value = (logger as unknown as Readonly<Record<symbol, unknown>>)[symbol];
  return typeof value === "string" ? value : undefined;
}

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
