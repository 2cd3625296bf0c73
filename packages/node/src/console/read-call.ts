import { format, inspect, stripVTControlCharacters } from "node:util";
import { captureError, isErrorValue } from "../logs/capture-error.ts";
import type { LogLine } from "../logs/log-line.ts";
import type { ConsoleMethod } from "./patch-console.ts";

export const CONSOLE_LOGGER = "console";

const LEVELS: Readonly<Record<ConsoleMethod, string>> = {
  log: "info",
  info: "info",
  warn: "warn",
  error: "error",
  debug: "debug",
  trace: "trace",
  dir: "info",
  dirxml: "info",
};

/** Said in the stack. */
const ERROR_KEYS: ReadonlySet<string> = new Set(["name", "message", "stack", "cause", "errors"]);
const ESCAPE = "\u001b";
const NO_FIELDS: Readonly<Record<string, unknown>> = Object.freeze({});

/**
 * What a call of the console says: the text it prints without colours, and the first error among
 * its arguments, whose stack is then not part of the text.
 *
 * @param caller where the stack of `console.trace` begins.
 */
export function readCall(
  method: ConsoleMethod,
  args: readonly unknown[],
  caller: (...args: unknown[]) => unknown,
  timeMillis: number,
): LogLine {
  const at = method === "dir" ? -1 : args.findIndex(isErrorValue);
  const value = args[at] as Error | undefined;
  const error = value === undefined ? undefined : captureError(value);
  const shown = error === undefined ? args : args.with(at, error.message);
  const text = withoutColours(printedText(method, shown));
  return {
    level: LEVELS[method],
    message: method === "trace" ? withStack(text, caller) : text,
    fields: value === undefined ? NO_FIELDS : errorFields(value),
    error,
    timeMillis,
    loggerName: CONSOLE_LOGGER,
  };
}

function printedText(method: ConsoleMethod, args: readonly unknown[]): string {
  if (method === "dir") return dirText(args);
  const [first] = args;
  return args.length === 1 && typeof first === "string" ? first : format(...args);
}

function dirText([value, options]: readonly unknown[]): string {
  const chosen = typeof options === "object" ? options : null;
  return inspect(value, { customInspect: false, ...chosen, colors: false });
}

function withoutColours(text: string): string {
  return text.includes(ESCAPE) ? stripVTControlCharacters(text) : text;
}

/** As Node prints it: `console.trace` is asked for the way to a place, and is no error. */
function withStack(text: string, caller: (...args: unknown[]) => unknown): string {
  const trace = { name: "Trace", message: text, stack: "" };
  Error.captureStackTrace(trace, caller);
  return trace.stack;
}

/** What an error of Node says beside its message: `code`, `errno`, `syscall`, `path`. */
function errorFields(error: Error): Record<string, unknown> {
  const fields: Record<string, unknown> = Object.create(null);
  for (const [key, { value }] of Object.entries(Object.getOwnPropertyDescriptors(error))) {
    if (typeof value === "object" || typeof value === "function" || value === undefined) continue;
    if (!ERROR_KEYS.has(key)) fields[key] = value;
  }
  return fields;
}
