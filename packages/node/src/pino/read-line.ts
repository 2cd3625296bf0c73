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

const HOSTNAME: string = hostname();
/** Keys under which errors are looked for when they are not where pino puts them. */
const ERROR_KEYS = ["err", "error", "exception"] as const;
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
  const base = { level: label, severityNumber, timeMillis };
  const parsed = parseLine(json);
  if (parsed === undefined) {
    const message = json.slice(0, MAX_HEAD_CHARACTERS).trimEnd();
    return { ...base, message, fields: { [ATTRIBUTE.fieldsDropped]: 1 }, error: undefined };
  }
  const symbols = symbolsOf(logger);
  const message = takeText(parsed, textOf(logger, symbols?.messageKey) ?? "msg");
  dropOwn(parsed, call);
  const error = takeError(parsed, call, symbols);
  return {
    ...base,
    message: message ?? error?.message ?? "",
    fields: parsed,
    error,
    loggerName: takeName(parsed, logger, symbols),
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

function takeText(fields: Fields, key: string): string | undefined {
  const value = fields[key];
  if (value === undefined) return undefined;
  delete fields[key];
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** Takes out what pino adds to each line and the record says elsewhere. */
function dropOwn(fields: Fields, { level, logger, time }: PinoCall): void {
  if (fields["level"] === level || fields["level"] === logger.levels.labels[level]) {
    delete fields["level"];
  }
  if (fields["pid"] === process.pid) delete fields["pid"];
  if (fields["hostname"] === HOSTNAME) delete fields["hostname"];
  const end = time.indexOf('"', 2);
  const key = end < 0 ? "" : time.slice(2, end);
  // Equal to what pino wrote: a field of the host with this name stands later in the line and wins.
  if (key in fields && time === `,"${key}":${JSON.stringify(fields[key])}`) delete fields[key];
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
  for (const key of errorKey === undefined ? ERROR_KEYS : [errorKey, ...ERROR_KEYS]) {
    const printed = holder[key];
    if (!isObject(printed)) continue;
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
