import { errorMessage } from "../text/error-message.ts";
import { printValue, shorten } from "../text/print-value.ts";

/** What was thrown, whatever it is, as text. */
export interface ErrorDescription {
  readonly type: string;
  readonly message: string;
  /** As the engine wrote it; absent where there is none. */
  readonly stack?: string;
}

const MAX_CAUSES = 5;
const MAX_MESSAGE = 4096;
const MAX_STACK = 16_384;

/** Getters of what a page throws may throw themselves. */
export function describeError(thrown: unknown): ErrorDescription {
  try {
    if (isErrorLike(thrown)) {
      const message = shorten(errorMessage(thrown), MAX_MESSAGE);
      const stack = thrown.stack;
      return {
        type: shorten(String(thrown.name || "Error"), 128),
        message,
        ...(typeof stack === "string" && stack !== "" ? { stack: stack.slice(0, MAX_STACK) } : {}),
      };
    }
    if (thrown instanceof Event) {
      return { type: thrown.constructor.name, message: `Event ${thrown.type} was thrown` };
    }
  } catch {
    return { type: "Error", message: "[unreadable]" };
  }
  return { type: "NonError", message: shorten(printValue(thrown), MAX_MESSAGE) };
}

/** Causes and the errors of an AggregateError, the outermost first; a circle ends. */
export function causesOf(thrown: unknown): readonly ErrorDescription[] {
  const seen = new Set<unknown>([thrown]);
  const causes: ErrorDescription[] = [];
  const visit = (value: unknown): void => {
    for (const cause of directCauses(value)) {
      if (causes.length >= MAX_CAUSES || seen.has(cause)) continue;
      seen.add(cause);
      causes.push(describeError(cause));
      visit(cause);
    }
  };
  visit(thrown);
  return causes;
}

function directCauses(value: unknown): readonly unknown[] {
  try {
    if (typeof value !== "object" || value === null) return [];
    const { cause, errors } = value as { cause?: unknown; errors?: unknown };
    const inner = Array.isArray(errors) ? errors.slice(0, MAX_CAUSES) : [];
    return cause === undefined || cause === null ? inner : [cause, ...inner];
  } catch {
    return [];
  }
}

/** Also of another frame's realm, and what libraries throw instead of an Error. */
export function isErrorLike(value: unknown): value is Partial<Error> {
  if (value instanceof Error) return true;
  if (typeof value !== "object" || value === null) return false;
  const tag = Object.prototype.toString.call(value);
  if (tag === "[object Error]" || tag === "[object DOMException]") return true;
  const { message, name } = value as Partial<Error>;
  return typeof message === "string" && typeof name === "string";
}

/**
 * What the page threw, where a framework put it into an error of its own: zone.js around rejections,
 * Angular around what a template threw.
 */
export function unwrapError(thrown: unknown): unknown {
  try {
    const { ngOriginalError, rejection } = thrown as {
      ngOriginalError?: unknown;
      rejection?: unknown;
    };
    return rejection ?? ngOriginalError ?? thrown;
  } catch {
    return thrown;
  }
}
