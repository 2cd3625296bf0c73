/** Where something stands in a file of the user. Lines and columns count from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Property path as the user would write it: `alerts[2].when`, or the name: `alerts["Slow answers"].when`. */
  readonly path: string;
}

/** `info` is worth knowing and breaks nothing; only `sightline lint` gives it. */
export type FaultSeverity = "error" | "warning" | "info";

/** One thing that is wrong with what the user wrote. All faults of a run are reported together. */
export interface Fault {
  /** Short name of the check, stable, kebab-case: `unknown-key`, `promql-syntax`. What `--off` and reports name. */
  readonly check: string;
  readonly severity: FaultSeverity;
  /** What happened with the value, and what was expected. One line. */
  readonly message: string;
  /** What to do: "did you mean ...?", the next command, the version that is needed. */
  readonly advice?: string | undefined;
  /** Undefined where it is of no place: a server that does not answer. */
  readonly place?: Place | undefined;
}
