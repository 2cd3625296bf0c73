const FIRST_LINE = "# Made by Sightline from sightline.yaml";

/** First lines of what the emitter of the stack writes; by them a later `apply` knows its own files. */
export const GENERATED_HEADER: string = `${FIRST_LINE} (without one: the default alerts). \`sightline apply\`
# writes it anew: what is of your own belongs in sightline.yaml, or in another file.
`;

export function isGenerated(text: string): boolean {
  return text.startsWith(FIRST_LINE);
}

/** Whose routes these are: a stack has one tree of them, and so one specification. */
export function projectLine(project: unknown): string {
  return typeof project === "string" && project !== "" ? `# Project: ${project}\n` : "";
}

export function readProject(text: string): string {
  return /^(?:#.*\n)*?# Project: ([a-z0-9-]+)\n/.exec(text)?.[1] ?? "";
}
