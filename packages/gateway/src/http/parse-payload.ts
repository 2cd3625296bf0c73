import { type JsonLimits, scanJson } from "./scan-json.ts";

export type ParsedPayload =
  | { readonly status: "ok"; readonly payload: unknown }
  | { readonly status: "bad_json" | "too_deep" | "too_many_values" };

const decoder = new TextDecoder("utf-8", { fatal: true });

/** From bytes to a value of bounded depth and size in which no key can reach a prototype. */
export function parsePayload(bytes: Buffer, limits: JsonLimits): ParsedPayload {
  const shape = scanJson(bytes, limits);
  if (shape !== "fine") return { status: shape };
  try {
    const text = decoder.decode(bytes);
    return { status: "ok", payload: JSON.parse(text, needsCare(text) ? dropPrototype : undefined) };
  } catch {
    return { status: "bad_json" };
  }
}

/**
 * `JSON.parse` makes a plain key of `__proto__`, but whoever copies it with an assignment sets the
 * prototype. The key may be written with escapes, so any escape of an underscore counts, too.
 */
function needsCare(text: string): boolean {
  return text.includes("__proto__") || /\\u005f/i.test(text);
}

function dropPrototype(key: string, value: unknown): unknown {
  return key === "__proto__" ? undefined : value;
}
