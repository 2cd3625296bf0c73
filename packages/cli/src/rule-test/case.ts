import type { Place } from "../fault.ts";

export type Labels = Readonly<Record<string, string>>;

/** One series of an instant vector. */
export interface Sample {
  readonly labels: Labels;
  readonly value: number;
}

/** A line with its time after the start of the case. */
export interface TestLine {
  readonly atMillis: number;
  readonly text: string;
  /** Labels of the stream. */
  readonly stream: Labels;
  /** Structured metadata. */
  readonly metadata: Labels;
}

/** A number as text, `_` (no sample), `stale`, or a native histogram of promtool's notation. */
export type SampleToken = string;

export interface TestSeries {
  /** As promtool reads it: `name{label="value"}`. */
  readonly series: string;
  readonly everyMillis: number;
  readonly tokens: readonly SampleToken[];
}

/** What an alert is at a time. `no data` and `error` are of Grafana alone. */
export const ALERT_STATES = ["normal", "pending", "firing", "no data", "error"] as const;
export type AlertState = (typeof ALERT_STATES)[number];

export type TextCheck =
  | { readonly kind: "equals"; readonly text: string }
  | { readonly kind: "contains"; readonly texts: readonly string[] };

export interface Expectation {
  readonly atMillis: number;
  readonly state: AlertState;
  /** Labels that the alert carries; others may be there. */
  readonly labels: Labels;
  /** How many alerts with these labels are in the state; undefined: at least one. */
  readonly count: number | undefined;
  /** By annotation; `contains` without a name is looked for in all of them together. */
  readonly message: Readonly<Record<string, TextCheck>>;
  readonly messageContains: readonly string[];
  /** Contacts that are told, in any order. */
  readonly tells: readonly string[] | undefined;
  readonly place: Place;
}

export interface TestCase {
  readonly name: string;
  /** Name of the alert, or its id. */
  readonly alert: string;
  readonly startMillis: number;
  readonly lines: readonly TestLine[];
  readonly series: readonly TestSeries[];
  readonly expect: readonly Expectation[];
  readonly place: Place;
}

export interface AlertInstance {
  readonly state: AlertState;
  readonly labels: Labels;
  /** Known where it fires, at the times that are expected something of. */
  readonly annotations: Readonly<Record<string, string>> | undefined;
}

/** What a rule did at one evaluation. */
export interface Tick {
  readonly atMillis: number;
  readonly alerts: readonly AlertInstance[];
  /** What its query gave. */
  readonly values: readonly Sample[];
}

export type Output = "prometheus" | "loki" | "grafana";

/** What became of a case in one output. */
export type OutputRun =
  | { readonly status: "ran"; readonly output: Output; readonly ticks: readonly Tick[] }
  | { readonly status: "failed"; readonly output: Output; readonly message: string }
  /** It has no such rule: only the other can run it. */
  | { readonly status: "absent"; readonly output: Output; readonly reason: string };

/** The evaluation that counts at a time: the last one until then. */
export function tickAt(ticks: readonly Tick[], atMillis: number): Tick | undefined {
  return ticks.findLast((tick) => tick.atMillis <= atMillis);
}
