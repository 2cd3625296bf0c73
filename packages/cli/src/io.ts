/** The outside world of one run of the CLI; tests pass their own. */
export interface Io {
  /** What the user asked for: standard output. */
  readonly out: (text: string) => void;
  /** Progress and faults: standard error, so that `--json` stays clean. */
  readonly err: (text: string) => void;
  readonly isTty: boolean;
  /** Width of the terminal now; people resize it. */
  readonly columns: () => number;
  readonly env: NodeJS.ProcessEnv;
  /** Asks on the terminal; undefined where nobody can answer. */
  readonly ask: (question: string) => Promise<string | undefined>;
  /**
   * The next Ctrl-C (or SIGTERM) calls `handler` instead of ending the process, and the one after it
   * ends. Gives what takes that back.
   */
  readonly onInterrupt?: (handler: () => void) => () => void;
}
