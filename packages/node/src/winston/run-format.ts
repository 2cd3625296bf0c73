import type { WinstonFormat } from "./logger-class.ts";

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
    const formatted = format.transform(copyInfo(info), format.options);
    if (typeof formatted !== "object" || formatted === null) return { status: "dropped" };
    return { status: "formatted", info: formatted as Readonly<Record<PropertyKey, unknown>> };
  } catch {
    return { status: "failed" };
  }
}

/** An error keeps its class, stack and message, which formats look for. */
function copyInfo(info: object): object {
  if (!(info instanceof Error)) return Object.assign({}, info);
  const copy: object = Object.create(Object.getPrototypeOf(info));
  return Object.defineProperties(copy, Object.getOwnPropertyDescriptors(info));
}
