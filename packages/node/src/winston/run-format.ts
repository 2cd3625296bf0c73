import type { FormatInfo, WinstonFormat } from "./logger-class.ts";

/** Registered symbol of the triple-beam package. */
const SPLAT = Symbol.for("splat");

export type FormattedInfo =
  | { readonly status: "formatted"; readonly info: Readonly<Record<PropertyKey, unknown>> }
  /** The format took the line out. */
  | { readonly status: "dropped" }
  /** It threw, and so it will for winston: what it would have masked is not known. */
  | { readonly status: "failed" };

/**
 * What a logger's format makes of a line, on a copy: winston runs the format again on the line
 * itself. Objects within the line are shared by both runs.
 */
export function runFormat(format: WinstonFormat, info: object): FormattedInfo {
  try {
    const formatted = format.transform(copyInfo(info) as FormatInfo, format.options);
    if (typeof formatted !== "object" || formatted === null) return { status: "dropped" };
    return { status: "formatted", info: formatted as Readonly<Record<PropertyKey, unknown>> };
  } catch {
    return { status: "failed" };
  }
}

/** An error keeps its class, stack and message, which formats look for. */
function copyInfo(info: object): object {
  const copy: Record<PropertyKey, unknown> = info instanceof Error ? copyError(info) : { ...info };
  const splat = copy[SPLAT];
  // The splat format takes out of it what it has used.
  if (Array.isArray(splat)) copy[SPLAT] = [...splat];
  return copy;
}

function copyError(error: Error): Record<PropertyKey, unknown> {
  const copy = Object.create(Object.getPrototypeOf(error));
  const properties = Object.getOwnPropertyDescriptors(error);
  // Its getter answers for real errors only.
  const stack = { value: error.stack, writable: true, configurable: true };
  return Object.defineProperties(copy, { ...properties, stack });
}
