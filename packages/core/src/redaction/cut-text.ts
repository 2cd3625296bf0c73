/** How far back the cut looks for the beginning of the word that it goes through. */
const MAX_WORD_LENGTH = 512;

/** Cuts a text, and with it a word that the cut went through: half a token is not recognised. */
export function cutText(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  const kept = cutAtWord(text, maxLength);
  return `${kept} [${text.length - kept.length} characters cut]`;
}

/** The same without a mark. */
export function cutAtWord(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  const head = text.slice(0, maxLength);
  const tail = head.slice(-MAX_WORD_LENGTH - 1);
  const word = tail.length - (/\s\S{0,512}$/.exec(tail)?.index ?? tail.length);
  return word > 0 && word < head.length ? head.slice(0, head.length - word) : head;
}
