/** A text of somebody else as part of a sentence of ours. */
export function oneLine(text: string, maxLength: number): string {
  // Cut first: what is searched for blanks is short then, however long the text.
  const head = text
    .slice(0, 4 * maxLength)
    .replaceAll(/\s+/g, " ")
    .trim();
  if (head.length <= maxLength && text.length <= 4 * maxLength) return head;
  const kept = head.slice(0, maxLength - 1);
  // Half of a pair is no text, and would be refused on its way.
  return `${kept.replace(/[\uD800-\uDBFF]$/, "")}…`;
}
