/**
 * The query without its comments: what is put behind it would else stand in the last one. Strings of
 * PromQL and LogQL may hold a `#`.
 */
export function stripComments(query: string): string {
  return query
    .replaceAll(
      /("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`)|#[^\n]*/gs,
      (_, text: string | undefined) => text ?? "",
    )
    .trim();
}
