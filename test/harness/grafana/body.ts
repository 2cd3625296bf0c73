import { badRequestData, refuse } from "./answer.ts";
import type { JsonObject } from "./state.ts";

/** Readers of a body as Go's JSON decoding has them: a wrong type is "bad request data", null is nothing. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function objectBody(body: unknown): JsonObject {
  if (!isObject(body)) throw badRequestData();
  return body;
}

export function textOf(body: JsonObject, key: string): string {
  const value = body[key];
  if (value === undefined || value === null) return "";
  if (typeof value !== "string") throw badRequestData();
  return value;
}

export function booleanOf(body: JsonObject, key: string): boolean {
  const value = body[key];
  if (value === undefined || value === null) return false;
  if (typeof value !== "boolean") throw badRequestData();
  return value;
}

export function textMapOf(body: JsonObject, key: string): Record<string, string> | undefined {
  const value = body[key];
  if (value === undefined || value === null) return undefined;
  if (!isObject(value)) throw badRequestData();
  for (const text of Object.values(value)) if (typeof text !== "string") throw badRequestData();
  return value as Record<string, string>;
}

export function textsOf(body: JsonObject, key: string): string[] | undefined {
  const value = body[key];
  if (value === undefined || value === null) return undefined;
  if (!Array.isArray(value) || value.some((text) => typeof text !== "string"))
    throw badRequestData();
  return value as string[];
}

/** Keys in the order in which Go writes a map. */
export function sortedKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortedKeys);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([left], [right]) => (left < right ? -1 : 1))
      .map(([key, child]) => [key, sortedKeys(child)]),
  );
}

/** pkg/util/shortid_generator.go: ValidateUID. */
export function uidProblem(uid: string): string | undefined {
  if (uid.length > 40) return "UID is longer than 40 symbols";
  if (!/^[a-zA-Z0-9\-_]*$/.test(uid)) {
    return "invalid format of UID. Only letters, numbers, '-' and '_' are allowed";
  }
  return undefined;
}

/** A field that this stand-in was never told of: no answer of Grafana's is known. */
export function unspecified(what: string): ReturnType<typeof refuse> {
  return refuse(501, `the stand-in of Grafana knows nothing of ${what}`);
}
