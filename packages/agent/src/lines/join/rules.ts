/**
 * One line that may follow in a state. Every pattern starts with `^`, has bounded repetition in
 * front of anything that can fail, and sees at most {@link VIEW_LENGTH} characters.
 */
export interface Step {
  readonly pattern: RegExp;
  /** Name of the state after this line. */
  readonly to: string;
  /** Only directly after the stack's last line: the pattern alone would take foreign lines too. */
  readonly loose?: true;
}

export interface State {
  readonly steps: readonly Step[];
  /** Lines of a message may come here. They belong to the stack only if one of the steps follows. */
  readonly message?: true;
  /** Nothing may follow but more lines of the message, which look like any other text. */
  readonly tail?: true;
  /** The stack is complete: the next line that does not fit ends it. */
  readonly complete?: true;
}

/** A line that begins a stack. */
export interface Head {
  /** The characters it can start with: a quick way to rule out nearly every line. */
  readonly first: string;
  readonly pattern: RegExp;
  readonly to: string;
  /**
   * Whether the log line before it may be its first line: `always` if that line speaks of an error,
   * `headed` if besides only that line has a time in front (else the frames have to prove it).
   */
  readonly joins: "always" | "headed" | "never";
  /** Look at the whole line, with the time and tag in front of it. */
  readonly whole?: true;
}

/** A line that can only stand inside a stack, and what it makes of the plain line before it. */
export interface Entry {
  readonly first: string;
  readonly pattern: RegExp;
  readonly to: string;
}

export interface LanguageRules {
  readonly heads: readonly Head[];
  readonly entries: readonly Entry[];
  /** Names are unique over all languages: `java.frames`. */
  readonly states: Readonly<Record<string, State>>;
}

/** Characters of a line that the rules look at. */
export const VIEW_LENGTH = 1_000;
