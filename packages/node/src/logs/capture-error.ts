import { inspect } from "node:util";
import { isNativeError } from "node:util/types";
import { parseStack } from "@sightline/core";
import type { CapturedError } from "./log-line.ts";

/** Deeper causes are left out: a cycle or a thousand retries must not fill the line. */
const MAX_CAUSES = 5;
const MAX_STACK_CHARACTERS = 32_768;
/** For a cause that is no error. No code of the host runs for it. */
const CAUSE_LIMITS = {
  depth: 1,
  maxArrayLength: 10,
  maxStringLength: 1_024,
  breakLength: Number.POSITIVE_INFINITY,
  customInspect: false,
} as const;

/** Whether a value is an error, of this realm or another (vm, worker, jest). Never throws. */
export function isErrorValue(value: unknown): value is Error {
  if (typeof value !== "object" || value === null) return false;
  try {
    // Nearly always: asking whether it is an error costs several times as much.
    if (Object.getPrototypeOf(value) === Object.prototype) return false;
    return value instanceof Error || isNativeError(value);
  } catch {
    // A proxy whose trap throws.
    return false;
  }
}

/** Text of an error and of its causes. Safe on hostile getters: a part that throws is left out. */
export function captureError(error: Error): CapturedError {
  return {
    type: errorType(error),
    message: readText(error, "message"),
    stack: renderStack(error).slice(0, MAX_STACK_CHARACTERS),
  };
}

/** Whatever was thrown, which need not be an error. */
export function captureThrown(value: unknown): CapturedError {
  if (isErrorValue(value)) return captureError(value);
  return { type: typeof value, message: describeValue(value), stack: "" };
}

function describeValue(value: unknown): string {
  try {
    return String(value);
  } catch {
    return Object.prototype.toString.call(value);
  }
}

/** An error that reached us as text only, as children of winston hand it on. */
export function captureStackText(message: string, stack: string): CapturedError {
  const parsed = parseStack(stack);
  return {
    type: parsed.type ?? "Error",
    message: parsed.message ?? message,
    stack: stack.slice(0, MAX_STACK_CHARACTERS),
  };
}

function errorType(error: Error): string {
  const name = readText(error, "name");
  if (name !== "" && name !== "Error") return name;
  try {
    return error.constructor.name || "Error";
  } catch {
    return "Error";
  }
}

function renderStack(error: Error): string {
  const parts: string[] = [];
  try {
    collectStacks(error, "", parts, new Set<unknown>());
  } catch {
    // A hostile list of errors: what was read before it stays.
  }
  return parts.join("\n");
}

function collectStacks(value: unknown, prefix: string, parts: string[], seen: Set<unknown>): void {
  if (value === undefined || value === null || seen.has(value) || seen.size > MAX_CAUSES) return;
  seen.add(value);
  if (!isErrorValue(value)) {
    // VError's `cause` is a method: the text of its code would help nobody.
    if (typeof value === "function") return;
    parts.push(`${prefix}${typeof value === "string" ? value : inspect(value, CAUSE_LIMITS)}`);
    return;
  }
  const stack = readText(value, "stack");
  if (stack !== "" || prefix !== "") parts.push(`${prefix}${stack || readText(value, "message")}`);
  collectStacks(readValue(value, "cause"), "Caused by: ", parts, seen);
  const errors = readValue(value, "errors");
  if (!Array.isArray(errors)) return;
  for (const inner of errors.slice(0, MAX_CAUSES)) collectStacks(inner, "With: ", parts, seen);
}

function readText(error: Error, key: string): string {
  const value = readValue(error, key);
  return typeof value === "string" ? value : "";
}

function readValue(error: Error, key: string): unknown {
  try {
    return (error as unknown as Record<string, unknown>)[key];
  } catch {
    return undefined;
  }
}
