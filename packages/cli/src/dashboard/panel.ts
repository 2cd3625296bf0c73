import type {
  DataSourceRef,
  FieldOverride,
  Panel,
  Target,
  ThresholdStep,
  Transformation,
} from "./dashboard-json.ts";
import { lettered } from "./targets.ts";

interface PanelInput {
  readonly title: string;
  readonly description: string;
  readonly source: DataSourceRef;
  readonly targets: readonly ((refId: string) => Target)[];
  readonly unit?: string;
  readonly decimals?: number;
  readonly min?: number;
  readonly max?: number;
  /** What stands where there is no value. Never "0": nothing measured is not nothing happened. */
  readonly noValue?: string;
  readonly steps?: readonly ThresholdStep[];
  readonly interval?: string;
  readonly maxDataPoints?: number;
  readonly overrides?: readonly FieldOverride[];
}

export interface TimeseriesInput extends PanelInput {
  readonly drawStyle?: "line" | "bars";
  readonly stacked?: boolean;
  readonly fillOpacity?: number;
  readonly legendCalcs?: readonly ("mean" | "max" | "lastNotNull" | "sum")[];
  /** Draws the thresholds as dashed lines. */
  readonly showThresholds?: boolean;
}

const plainSteps: readonly ThresholdStep[] = [{ color: "text", value: null }];

/** A number with its course behind it. */
export function statPanel(input: PanelInput & { readonly sparkline?: boolean }): Panel {
  return {
    type: "stat",
    ...common(input, {}),
    options: {
      colorMode: "value",
      graphMode: input.sparkline === false ? "none" : "area",
      justifyMode: "auto",
      orientation: "auto",
      textMode: "value",
      reduceOptions: { calcs: ["lastNotNull"], fields: "", values: false },
    },
  };
}

/** Lines or bars over time, one for each series. */
export function timeseriesPanel(input: TimeseriesInput): Panel {
  const bars = input.drawStyle === "bars";
  const custom = {
    drawStyle: input.drawStyle ?? "line",
    lineWidth: bars ? 0 : 1,
    fillOpacity: input.fillOpacity ?? (bars ? 80 : 8),
    showPoints: "never",
    // A gap of a few missed exports is joined; a longer one is shown as the gap it is.
    spanNulls: bars ? false : 180_000,
    stacking: { mode: input.stacked ? "normal" : "none", group: "A" },
    axisSoftMin: 0,
    thresholdsStyle: { mode: input.showThresholds ? "dashed" : "off" },
  };
  return {
    type: "timeseries",
    ...common(input, { color: { mode: "palette-classic" }, custom }),
    options: {
      legend: {
        displayMode: input.legendCalcs ? "table" : "list",
        placement: "bottom",
        showLegend: true,
        calcs: input.legendCalcs ?? [],
        ...(input.legendCalcs && { sortBy: legendSort(input.legendCalcs), sortDesc: true }),
      },
      tooltip: { mode: "multi", sort: "desc" },
    },
  };
}

/** Legend columns are sorted by the name that Grafana shows for the calculation. */
function legendSort(calcs: readonly string[]): string {
  const names: Record<string, string> = {
    mean: "Mean",
    max: "Max",
    lastNotNull: "Last *",
    sum: "Total",
  };
  return names[calcs[0] ?? ""] ?? "Name";
}

export function tablePanel(
  input: PanelInput & {
    readonly transformations: readonly Transformation[];
    readonly sortBy: string;
  },
): Panel {
  return {
    type: "table",
    ...common(input, { custom: { align: "auto", cellOptions: { type: "auto" } } }),
    options: {
      showHeader: true,
      cellHeight: "sm",
      sortBy: [{ displayName: input.sortBy, desc: true }],
    },
    transformations: input.transformations,
  };
}

export function logsPanel(input: PanelInput): Panel {
  return {
    type: "logs",
    ...common(input, {}),
    options: {
      showTime: true,
      showLabels: false,
      showCommonLabels: false,
      wrapLogMessage: true,
      prettifyLogMessage: false,
      enableLogDetails: true,
      dedupStrategy: "none",
      sortOrder: "Descending",
    },
  };
}

function common(
  input: PanelInput,
  defaults: object,
): Omit<Panel, "type" | "options" | "transformations"> {
  return {
    title: input.title,
    description: input.description,
    datasource: input.source,
    targets: lettered(input.targets),
    ...(input.interval !== undefined && { interval: input.interval }),
    ...(input.maxDataPoints !== undefined && { maxDataPoints: input.maxDataPoints }),
    fieldConfig: {
      defaults: {
        ...(input.unit !== undefined && { unit: input.unit }),
        ...(input.decimals !== undefined && { decimals: input.decimals }),
        ...(input.min !== undefined && { min: input.min }),
        ...(input.max !== undefined && { max: input.max }),
        ...(input.noValue !== undefined && { noValue: input.noValue }),
        color: { mode: "thresholds" },
        thresholds: { mode: "absolute", steps: input.steps ?? plainSteps },
        ...defaults,
      },
      overrides: input.overrides ?? [],
    },
  };
}

/** Gives the field of this name other properties, for example a colour or a unit. */
export function overrideField(
  name: string,
  properties: Readonly<Record<string, unknown>>,
): FieldOverride {
  return override("byName", name, properties);
}

export function overrideFields(
  pattern: string,
  properties: Readonly<Record<string, unknown>>,
): FieldOverride {
  return override("byRegexp", pattern, properties);
}

function override(
  matcher: string,
  options: string,
  properties: Readonly<Record<string, unknown>>,
): FieldOverride {
  return {
    matcher: { id: matcher, options },
    properties: Object.entries(properties).map(([id, value]) => ({ id, value })),
  };
}

export function fixedColor(color: string): { readonly mode: "fixed"; readonly fixedColor: string } {
  return { mode: "fixed", fixedColor: color };
}
