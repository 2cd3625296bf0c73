const FIRST_LINE = "# Made by Sightline from sightline.yaml";

/** First lines of what the emitter of the stack writes; by them a later `apply` knows its own files. */
export const GENERATED_HEADER: string = `${FIRST_LINE} (without one: the default alerts). \`sightline apply\`
# writes it anew: what is of your own belongs in sightline.yaml, or in another file.
`;

export function isGenerated(text: string): boolean {
  return text.startsWith(FIRST_LINE);
}
