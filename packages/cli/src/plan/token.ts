import { createHash } from "node:crypto";
import { isSecretMark, type Json, type Resource } from "./resource.ts";

/**
 * Digest of what a plan rests on. What is known of secrets is left out: a pull request's build, which
 * has none of them, gives the same token as the build that applies.
 */
export function planToken(
  target: string,
  wanted: readonly Resource[],
  live: readonly Resource[],
): string {
  const hash = createHash("sha256");
  hash.update(JSON.stringify(target));
  for (const resources of [wanted, live]) {
    hash.update("\n");
    const texts = resources.map(({ kind, id, owner, locked, body }) =>
      JSON.stringify([kind, id, owner, locked ?? null, sorted(body)]),
    );
    for (const text of texts.sort()) hash.update(`${text}\n`);
  }
  return hash.digest("hex").slice(0, 32);
}

function sorted(value: Json): Json {
  if (isSecretMark(value)) return { $secret: value.$secret };
  if (Array.isArray(value)) return (value as readonly Json[]).map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
  return Object.fromEntries(entries.map(([key, part]) => [key, sorted(part)]));
}
