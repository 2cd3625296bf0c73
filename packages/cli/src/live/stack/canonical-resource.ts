import type { Json, Resource } from "../../plan/resource.ts";

/** Both forms of an integer as one: the emitter marks those that must stay exact. */
export function canonicalResource(resource: Resource): Resource {
  return { ...resource, body: canonical(resource.body) as Resource["body"] };
}

function canonical(value: Json): Json {
  if (Array.isArray(value)) return (value as readonly Json[]).map(canonical);
  if (typeof value !== "object" || value === null) return value;
  const object = value as { readonly [key: string]: Json };
  const digits = object["$integer"];
  if (typeof digits === "string") {
    const number = Number(digits);
    return Number.isSafeInteger(number) ? number : digits;
  }
  return Object.fromEntries(Object.entries(object).map(([key, part]) => [key, canonical(part)]));
}
