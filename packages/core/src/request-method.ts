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

/** What the semantic convention puts in place of a method that anyone may invent. */
const UNKNOWN_METHOD = "_OTHER";

export function toKnownMethod(method: string | undefined): string {
  const upper = method?.toUpperCase() ?? "";
  return KNOWN_METHODS.has(upper) ? upper : UNKNOWN_METHOD;
}

/** First word of a span's name: `HTTP` stands for a method that nobody knows. */
export function toSpanMethod(knownMethod: string): string {
  return knownMethod === UNKNOWN_METHOD ? "HTTP" : knownMethod;
}
