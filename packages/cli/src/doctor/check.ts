import type { Context } from "../context.ts";
import type { Marker } from "./marker.ts";

/** What one run of `sightline doctor` gives to each of its checks. */
export interface Examination {
  readonly context: Context;
  /** What was sent, and is looked for. */
  readonly marker: Marker;
  /** How long a check waits for what was sent. */
  readonly timeoutMillis: number;
}

export type CheckResult =
  | { readonly status: "ok"; readonly detail: string }
  /** The way is broken here. `fix` is the next command or change. */
  | { readonly status: "failed"; readonly reason: string; readonly fix: string }
  /** Nothing is broken, yet somebody should know. */
  | { readonly status: "warning"; readonly reason: string; readonly fix: string }
  | { readonly status: "skipped"; readonly reason: string };

/** One hop, or one thing that a hop needs. */
export interface Check {
  /** Stable, kebab-case: `--only` and `--json` name it so. */
  readonly id: string;
  /** What is so when all is well, as a short sentence without a dot. */
  readonly title: string;
  /** Checks without which this one would only repeat their finding: it is left out when one fails. */
  readonly after: readonly string[];
  readonly run: (examination: Examination) => Promise<CheckResult>;
}

export type CheckReport = {
  readonly id: string;
  readonly title: string;
  readonly elapsedMillis: number;
} & CheckResult;
