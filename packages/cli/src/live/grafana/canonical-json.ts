import { isSecretMark, type Json } from "../../plan/resource.ts";

/** Body of an object, not in canonical form or on the way to it. */
export type Body = { readonly [key: string]: Json };

export function omit(body: Body, keys: readonly string[]): Body {
  return Object.fromEntries(Object.entries(body).filter(([key]) => !keys.includes(key)));
}

/** Null is the same as absent. */
export function without(body: Body): Body {
  return Object.fromEntries(
    Object.entries(body).filter(([, value]) => value !== null && value !== undefined),
  );
}

export function emptyGone(value: Json): Json {
  if (typeof value !== "object" || value === null || Array.isArray(value) || isSecretMark(value)) {
    return value;
  }
  const entries = Object.entries(value)
    .map(([key, part]) => [key, emptyGone(part)] as const)
    .filter(([, part]) => !isNothing(part));
  return Object.fromEntries(entries);
}

function isNothing(value: Json): boolean {
  if (value === null || value === "" || value === false) return true;
  if (isSecretMark(value) || typeof value !== "object") return false;
  return Object.keys(value).length === 0;
}

export function nonEmpty(value: Json | undefined): Json {
  const map = object(value);
  return Object.keys(map).length > 0 ? map : null;
}

export function mapValues(body: Body, change: (value: Json) => Json): Body {
  return Object.fromEntries(Object.entries(body).map(([key, value]) => [key, change(value)]));
}

export function object(value: Json | undefined): Body {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Body)
    : {};
}

export function list(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : [];
}

export function at(value: Json, key: string): Json {
  return object(value)[key] ?? null;
}

export function textOf(value: Json | undefined): string {
  return typeof value === "string"
    ? value
    : value === undefined || value === null
      ? ""
      : String(value);
}
