/** Cuts a text, and with it a word that the cut went through: half a token is not recognised. */
export function cutText(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  const head = text.slice(0, maxLength);
  const lastSpace = head.search(/\s\S{0,512}$/);
  const kept = lastSpace > 0 ? head.slice(0, lastSpace) : head;
  return `${kept} [${text.length - kept.length} characters cut]`;
}
