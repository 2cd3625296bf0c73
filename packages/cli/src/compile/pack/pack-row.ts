import type { AlertSeverity } from "../../spec/schema/alerts.ts";
import type { Comparison } from "../../spec/when.ts";
import type { LinesOf } from "../alerts/log-facts.ts";
import type { Source, ValueFormat } from "../model.ts";

/** What an amount of a row is written in: `5%`, `24h`, `50`. Rows that only say yes or no have none. */
export type AmountUnit = "share" | "duration" | "count";

export interface PackScope {
  /** Only series of this `deployment.environment.name`; undefined: all. */
  readonly environment: string | undefined;
  /** Services that this alert leaves out. */
  readonly exceptServices: readonly string[];
  /** Names of probes that have an alert of their own. */
  readonly ownProbes: readonly string[];
}

/** Another figure that must hold as well, with the labels of the first. */
export interface Gate {
  readonly query: string;
  readonly comparison: Comparison;
  readonly amount: string;
}

export interface Looked {
  /** Gives the figure for each label set of `by`. */
  readonly query: string;
  /** Against alerts that say nothing: too little traffic, a path that is down itself. */
  readonly gates?: readonly Gate[];
}

/**
 * A default alert. To add one: a row in a file of rows/, and docs/runbooks/<id>.md. A test asks for
 * the page and for a case that fires and one that does not.
 */
export interface PackRow {
  /** Kebab-case; what `default_alerts` calls it. Never changed: people have switched it off by this name. */
  readonly id: string;
  /** `alertname`. */
  readonly name: string;
  /** One sentence for the list of default alerts. */
  readonly watches: string;
  readonly source: Source;
  readonly severity: AlertSeverity | "none";
  readonly comparison: Comparison;
  /** As people write it. Without a unit it is a plain number that cannot be changed. */
  readonly amount: string;
  readonly unit?: AmountUnit;
  readonly forMillis: number;
  /** How long it stays on after the figure went back, so that one trouble is one message. */
  readonly keepFiringForMillis: number;
  readonly everyMillis: number;
  readonly by: readonly string[];
  /** `amount` is in the unit of the query: a ratio, seconds, a number. */
  readonly look: (scope: PackScope, amount: string) => Looked;
  readonly format: ValueFormat;
  /** Text with `{label}` and `{value}`. One line, without a dot at the end. */
  readonly summary: string;
  readonly description: string;
  readonly facts?: readonly PackFact[];
  /** Its lines: then the texts may speak of {fact:line}, {fact:template}, {fact:users}, ... */
  readonly linesOf?: (scope: PackScope) => LinesOf;
  /** Selects the lines that it is about, in LogQL; labels as `{q:label}`. */
  readonly lines?: string;
  /** What shows them in a terminal, where there is no page to link to; labels as `{w:label}`. */
  readonly command?: string;
  /** Path below Grafana's address of the page that shows it; labels as `{u:label}`. */
  readonly dashboard?: string;
}

/** Read from a label of the newest record: `{fact:headline}` in the texts. */
export interface PackFact {
  readonly name: string;
  readonly label: string;
  readonly query: (scope: PackScope) => string;
}

export const SECOND = 1_000;
export const MINUTE: number = 60 * SECOND;
export const HOUR: number = 60 * MINUTE;
