/** RFC 9110 §9, PATCH of RFC 5789, QUERY of the HTTP working group's draft. */
const KNOWN_METHODS: ReadonlySet<string> = new Set([
  "GET",
  "HEAD",
  "POST",
  "PUT",
  "DELETE",
  "CONNECT",
  "OPTIONS",
  "TRACE",
  "PATCH",
  "QUERY",
]);

/** `_OTHER` is what the semantic convention puts in place of a method that anyone may invent. */
export function toKnownMethod(method: string): string {
  const upper = method.toUpperCase();
  return KNOWN_METHODS.has(upper) ? upper : "_OTHER";
}
