import { type Fingerprint, fingerprint } from "./fingerprint.ts";

/** Errors of browsers that are nobody's problem to repair: kept as lines, in no list of problems. */
export const MUTED_ERRORS = {
  /** The browser hides what scripts of other origins throw, unless they are loaded with CORS. */
  script_error: "Script error without details, from a script of another origin",
  /** Thrown by what the visitor has installed. */
  extension: "Error of a browser extension",
} as const;
export type MutedError = keyof typeof MUTED_ERRORS;

/** One fingerprint for all errors of a kind, so that they can be counted and left out. */
export function mutedFingerprint(kind: MutedError): Fingerprint {
  return fingerprint({ type: "Muted", message: MUTED_ERRORS[kind], logger: kind });
}
