import type { GatewayConfig } from "@sightline/core";
import type { Place } from "../fault.ts";
import type { Resource } from "../plan/resource.ts";
import type { SecretReference } from "../spec/reference.ts";
import type { AlertSeverity } from "../spec/schema/alerts.ts";
import type { Comparison } from "../spec/when.ts";
import type { Settings } from "./apps/settings.ts";
import type { Slo } from "./slos/read-slo.ts";

/**
 * What the specification means, before any engine: rule first, the interval on the rule; groups,
 * files and API objects are made from it by the emitters. Plain data; the same specification gives
 * the same model, byte for byte.
 */
export interface Model {
  readonly project: string;
  /** The file says it; else it is the name of the folder, which another checkout may not have. */
  readonly isProjectNamed: boolean;
  readonly target: ModelTarget;
  readonly urls: ModelUrls;
  readonly rules: readonly AlertRule[];
  readonly records: readonly RecordRule[];
  readonly contacts: readonly Contact[];
  /** In the order in which they are asked. */
  readonly routes: readonly Route[];
  /** Told of what no route takes; undefined: nobody. */
  readonly defaultContact: string | undefined;
  readonly muteTimings: readonly MuteTiming[];
  readonly inhibitions: readonly Inhibition[];
  readonly templates: readonly MessageTemplate[];
  readonly probes: readonly Probe[];
  readonly dashboards: readonly DashboardFile[];
  /** In Grafana's own words, as they are. */
  readonly grafanaObjects: readonly Resource[];
  readonly smtp: Smtp | undefined;
  /** What the gateway is to read; its apps with it. */
  readonly gateway: Settings<GatewayConfig>;
  /** What the rules of SLOs were made of: for explanations. */
  readonly slos?: readonly Slo[];
}

export type ModelTarget =
  | { readonly kind: "stack"; readonly name: string; readonly data: string | undefined }
  | {
      readonly kind: "grafana";
      readonly name: string;
      readonly url: string;
      readonly token: SecretReference | undefined;
      readonly orgId: number | undefined;
      readonly folder: string;
      readonly datasources: {
        readonly prometheus: string;
        readonly loki: string;
        readonly tempo: string;
      };
      readonly isEditable: boolean;
    };

/** Bases without a slash at the end. Undefined: there is none, and messages name a command instead. */
export interface ModelUrls {
  readonly grafana: string | undefined;
  readonly alertmanager: string | undefined;
  /** Runbook pages: `<base>/<rule id>` or the file in this repository. */
  readonly runbooks: string | undefined;
}

export type Source = "prometheus" | "loki";

/** `query` compared with `amount`. The query gives a number for each series; labels are `by`. */
export interface Condition {
  readonly query: string;
  readonly comparison: Comparison;
  /** Decimal, exact, in the unit of the query (seconds, ratio, bytes, per minute). */
  readonly amount: string;
}

/**
 * An alert. It fires for each label set for which all conditions hold for `forMillis`. Prometheus and
 * Loki get `(q1 > a1) and on(by) (q2 > a2)`; Grafana gets a query per condition, and a threshold or
 * a math expression.
 */
export interface AlertRule {
  /** Unique, `[a-z0-9-]`, at most 40 characters; Grafana's uid. Stable while the name stays. */
  readonly id: string;
  /** `alertname`; the title in Grafana. */
  readonly name: string;
  readonly source: Source;
  readonly expression:
    | { readonly kind: "conditions"; readonly all: readonly [Condition, ...Condition[]] }
    /** A whole alert expression of the user; fires for each series that it gives. */
    | { readonly kind: "raw"; readonly query: string }
    /** Only Grafana can run it. */
    | {
        readonly kind: "grafana";
        readonly condition: string;
        readonly data: readonly Readonly<Record<string, unknown>>[];
        readonly noData: string;
        readonly onError: string;
      };
  /** Labels that the query's series carry, sorted; empty: one series without labels. */
  readonly by: readonly string[];
  /** An empty answer means that all is well (default), or it is what the alert is about. */
  readonly whenEmpty: "ok" | "firing";
  readonly forMillis: number;
  readonly keepFiringForMillis: number;
  /** Whole multiple of 10 s. */
  readonly everyMillis: number;
  /** `none` for what only tells that alerting works. */
  readonly severity: AlertSeverity | "none";
  /** Beside `severity`. No templates here: labels are identity. */
  readonly labels: Readonly<Record<string, string>>;
  readonly message: Message;
  /** Contacts named by `tell`; empty: the routes decide. */
  readonly contacts: readonly string[];
  /** Of the default pack, of an SLO, of a probe, or written by the user. */
  readonly origin: "user" | "pack" | "slo" | "probe";
  readonly folder: string | undefined;
  readonly isEnabled: boolean;
  readonly place: Place | undefined;
}

/** A text with parts that are known when the alert fires. */
export type MessagePart =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "label"; readonly name: string }
  /** The figure of the first condition. */
  | { readonly kind: "value"; readonly format: ValueFormat }
  /** A word for one, and for none or several, of the figure of the first condition. */
  | { readonly kind: "plural"; readonly one: string; readonly many: string }
  /** What a fact of the rule found; an empty text where it found nothing. */
  | {
      readonly kind: "fact";
      readonly name: string;
      /** With spaces for line breaks: where it stands in a title. */
      readonly isOneLine?: boolean;
    }
  /** Go template of the user, as it is; of raw rules and imported ones. */
  | { readonly kind: "template"; readonly text: string }
  /** Written as a string in double quotes with Go's escapes, which are those of LogQL and of JSON. */
  | { readonly kind: "quoted"; readonly parts: readonly MessagePart[] }
  /** Encoded so that it can stand behind the `?` of an address. */
  | { readonly kind: "url"; readonly parts: readonly MessagePart[] }
  /** One word for a shell, whatever is in it. */
  | { readonly kind: "shell-word"; readonly parts: readonly MessagePart[] };

export type ValueFormat =
  | "number"
  /** Whole, every digit of it. */
  | "count"
  | "percent"
  | "duration"
  | "bytes"
  | "per-minute"
  | "per-second"
  /** Unix seconds, shown as a date. */
  | "timestamp"
  /** Unix seconds, as ISO 8601 with milliseconds: for addresses. */
  | "iso";

export interface Message {
  /** One line, without a dot at the end. */
  readonly summary: readonly MessagePart[];
  readonly description: readonly MessagePart[];
  /** More annotations, by name ({@link ANNOTATION} in conventions.ts, or the user's). */
  readonly annotations: Readonly<Record<string, readonly MessagePart[]>>;
  readonly facts: readonly Fact[];
}

/**
 * Something that is looked up when the alert fires: the newest matching line, the number of users
 * hit. One query of the rule's own source, grouped by the rule's `by` and, where a label is read, by
 * that label too; the series whose `by` labels equal the alert's is the one.
 */
export interface Fact {
  readonly name: string;
  /** Name of the fact of the same query of which this reads something else: it is asked once. */
  readonly of?: string | undefined;
  readonly query: string;
  /**
   * The query (LogQL), cut where filters on the alert's own labels may be put in. An engine that can
   * ask for each alert alone does, and so looks at less.
   */
  readonly narrow?: readonly [head: string, tail: string] | undefined;
  readonly read:
    | { readonly kind: "label"; readonly label: string }
    | { readonly kind: "value"; readonly format: ValueFormat };
}

export interface RecordRule {
  readonly id: string;
  /** Name of the metric. */
  readonly metric: string;
  readonly source: Source;
  readonly query: string;
  readonly everyMillis: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly place: Place | undefined;
}

export interface Contact {
  readonly name: string;
  readonly integrations: readonly Integration[];
  readonly place: Place | undefined;
}

export interface Integration {
  /** A row of compile/contacts/integrations.ts: email, slack, teams, ... */
  readonly type: string;
  /** Field names of the specification; secrets are references. */
  readonly settings: Readonly<Record<string, SettingValue>>;
  /** Grafana's uid, where an imported one must be kept. */
  readonly uid: string | undefined;
  readonly sendResolved: boolean;
}

export type SettingValue =
  | string
  | number
  | boolean
  | SecretReference
  | readonly SettingValue[]
  | { readonly [key: string]: SettingValue };

export interface Matcher {
  readonly label: string;
  readonly operator: "=" | "!=" | "=~" | "!~";
  readonly value: string;
}

export interface Route {
  readonly id: string;
  readonly matchers: readonly Matcher[];
  readonly contacts: readonly string[];
  readonly groupBy: readonly string[] | undefined;
  readonly groupWaitMillis: number | undefined;
  readonly groupIntervalMillis: number | undefined;
  readonly repeatIntervalMillis: number | undefined;
  readonly mute: readonly string[];
  readonly active: readonly string[];
  readonly continues: boolean;
  readonly place: Place | undefined;
}

/** In Alertmanager's words: https://prometheus.io/docs/alerting/latest/configuration/#time_interval */
export interface MuteTiming {
  readonly name: string;
  readonly intervals: readonly {
    readonly times: readonly { readonly start: string; readonly end: string }[];
    readonly weekdays: readonly string[];
    readonly daysOfMonth: readonly string[];
    readonly months: readonly string[];
    readonly years: readonly string[];
    readonly location: string | undefined;
  }[];
  readonly place: Place | undefined;
}

/** An alert that matches `source` keeps those that match `target` quiet where `equal` labels are equal. */
export interface Inhibition {
  readonly source: readonly Matcher[];
  readonly target: readonly Matcher[];
  readonly equal: readonly string[];
}

export interface MessageTemplate {
  readonly name: string;
  readonly text: string;
  readonly place: Place | undefined;
}

export interface Probe {
  readonly id: string;
  readonly name: string;
  readonly module: string;
  readonly target: string;
  readonly place: Place | undefined;
}

export interface DashboardFile {
  readonly uid: string;
  readonly title: string;
  /** Classic dashboard JSON. */
  readonly json: Readonly<Record<string, unknown>>;
  readonly origin: "sightline" | "user";
  /** Exactly as it is, in this folder; without it our mark is added, and it lies in the target's folder. */
  readonly asIs?: { readonly folderUid: string | undefined };
  readonly place: Place | undefined;
}

export interface Smtp {
  readonly host: string;
  readonly from: string;
  readonly username: string | undefined;
  readonly password: SecretReference | undefined;
  readonly requireTls: boolean;
  readonly hello: string | undefined;
}
