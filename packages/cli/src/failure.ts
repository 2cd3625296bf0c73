import { EXIT } from "@sightline/core";

/**
 * An end that the user is told about in plain words: what happened, what to do. Not a bug, so no
 * stack is printed.
 */
export class Failure extends Error {
  readonly exitCode: number;
  readonly advice: readonly string[];

  /** `advice`: the next commands or changes, one line each. */
  constructor(message: string, options: { exitCode?: number; advice?: readonly string[] } = {}) {
    super(message);
    this.name = "Failure";
    this.exitCode = options.exitCode ?? EXIT.failure;
    this.advice = options.advice ?? [];
  }
}
