/** First lines of what the emitter of the stack writes; by them a later `apply` knows its own files. */
export const GENERATED_HEADER = `# Made by Sightline from sightline.yaml (without one: the default alerts). \`sightline apply\` writes
# it anew; rules of your own belong in another file of this folder.
`;
