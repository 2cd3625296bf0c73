import { isSecretMark, type Json } from "../../plan/resource.ts";
import { parseReference } from "../../spec/reference.ts";

/**
 * A text of which Grafana reads `$x`, `${x}` and `$__env{x}` when it loads the file, written so that it
 * stays what it is. pkg/services/provisioning/values: the text is cut at `$$`, the pieces expanded and
 * joined by `$`.
 */
export function keepDollars(text: string): string {
  return text.replaceAll("$", "$$$$");
}

/** Every text inside is kept, and secrets become what Grafana looks up by itself. Keys are never read. */
export function toFileValue(value: Json): Json {
  if (typeof value === "string") return keepDollars(value);
  if (isSecretMark(value)) return fileSecret(value.$secret);
  if (Array.isArray(value)) return (value as readonly Json[]).map(toFileValue);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, toFileValue(part)]));
}

/**
 * What Grafana looks up in its own environment and files when it starts. Variables as `$NAME`: what
 * `$__env{NAME}` and `${NAME}` give is read for `$` once more, and a password with a dollar is another
 * one then (seen on 11.0.0). For files there is no other way. A secret of digits alone becomes a number,
 * with which Grafana does not start: such a contact point can only be applied.
 */
function fileSecret(mark: string | true): string {
  const reference = mark === true ? undefined : parseReference(mark);
  if (!reference) throw new Error("a wanted secret is always a reference");
  const { from, name } = reference;
  return from === "env" && /^[A-Za-z_]\w*$/.test(name) ? `$${name}` : `$__${from}{${name}}`;
}
