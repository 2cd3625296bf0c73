/**
 * The part of Grafana's classic dashboard JSON that we write. Grafana 10 to 13 read it.
 * https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model/
 */
export interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly schemaVersion: number;
  readonly version: number;
  readonly editable: boolean;
  readonly graphTooltip: number;
  readonly refresh: string;
  readonly time: { readonly from: string; readonly to: string };
  readonly timezone: string;
  readonly annotations: { readonly list: readonly Annotation[] };
  readonly links: readonly DashboardLink[];
  readonly templating: { readonly list: readonly Variable[] };
  readonly panels: readonly PlacedPanel[];
}

/** Marks on every graph over time, one for each line that the query finds. */
export interface Annotation {
  readonly name: string;
  readonly datasource: DataSourceRef;
  readonly enable: boolean;
  readonly hide: boolean;
  readonly iconColor: string;
  readonly expr: string;
  readonly maxLines: number;
  /** `{{label}}` stands for the label's value. */
  readonly titleFormat: string;
  readonly textFormat: string;
  /** Comma-separated; without them every label would be a tag. */
  readonly tagKeys: string;
}

export interface DashboardLink {
  readonly title: string;
  readonly type: "link";
  readonly url: string;
  readonly icon: string;
  readonly tooltip: string;
  readonly targetBlank: boolean;
  readonly keepTime: boolean;
  readonly includeVars: boolean;
}

export interface DataSourceRef {
  readonly type: "prometheus" | "loki";
  readonly uid: string;
}

export type Variable = QueryVariable | TextVariable;

export interface QueryVariable {
  readonly type: "query";
  readonly name: string;
  readonly label: string;
  readonly description: string;
  readonly datasource: DataSourceRef;
  readonly definition: string;
  readonly query: { readonly query: string; readonly refId: string };
  readonly refresh: number;
  readonly sort: number;
  readonly multi: boolean;
  readonly includeAll: boolean;
  readonly allValue?: string;
  readonly current: object;
  readonly hide: number;
}

export interface TextVariable {
  readonly type: "textbox";
  readonly name: string;
  readonly label: string;
  readonly description: string;
  readonly query: string;
  readonly current: object;
  readonly options: readonly object[];
  readonly hide: number;
}

/** One query of a panel. */
export interface Target {
  readonly refId: string;
  readonly datasource: DataSourceRef;
  readonly expr: string;
  readonly legendFormat?: string;
  readonly instant?: boolean;
  readonly range?: boolean;
  readonly exemplar?: boolean;
  readonly format?: "time_series" | "table";
  readonly queryType?: "range" | "instant";
  readonly maxLines?: number;
  readonly editorMode: "code";
}

export interface Transformation {
  readonly id: string;
  readonly options: object;
}

export interface FieldOverride {
  readonly matcher: { readonly id: string; readonly options: unknown };
  readonly properties: readonly { readonly id: string; readonly value: unknown }[];
}

export interface ThresholdStep {
  readonly color: string;
  readonly value: number | null;
}

/** A panel before it has its place and id. */
export interface Panel {
  readonly type: "stat" | "timeseries" | "table" | "logs";
  readonly title: string;
  /** Plain words: what it shows, and when to worry. Shown as the panel's tooltip. */
  readonly description: string;
  readonly datasource: DataSourceRef;
  readonly targets: readonly Target[];
  /** The smallest step between two points, where one step must be one bucket. */
  readonly interval?: string;
  readonly maxDataPoints?: number;
  /** A time range of its own up to now, such as `24h`, or `now/d` for since midnight. */
  readonly timeFrom?: string;
  readonly fieldConfig: { readonly defaults: object; readonly overrides: readonly FieldOverride[] };
  readonly options: object;
  readonly transformations?: readonly Transformation[];
}

interface GridPosition {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

export type PlacedPanel =
  | (Panel & { readonly id: number; readonly gridPos: GridPosition })
  | {
      readonly type: "row";
      readonly id: number;
      readonly title: string;
      readonly collapsed: false;
      readonly panels: readonly [];
      readonly gridPos: GridPosition;
    };
