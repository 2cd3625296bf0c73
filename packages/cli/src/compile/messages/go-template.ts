/** A half of a surrogate pair is no character in Go, nor in an address. */
export function wellFormed(text: string): string {
  return text.replaceAll(/\p{Surrogate}/gu, "\uFFFD");
}

/** A string of Go, and so of LogQL and PromQL. */
export function goString(text: string): string {
  return JSON.stringify(wellFormed(text));
}

/**
 * Text that a Go template gives out as it stands. A brace at the end counts too: what follows may be
 * an action, and three braces are read as an action that begins with a brace.
 */
export function goLiteral(text: string): string {
  return wellFormed(text).replaceAll(/\{\{+|\{$/g, (braces) => `{{ ${goString(braces)} }}`);
}
