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
  readonly noValue: string;
  readonly steps?: readonly ThresholdStep[];
  readonly interval?: string;
  readonly maxDataPoints?: number;
  readonly timeFrom?: string;
  readonly overrides?: readonly FieldOverride[];
}

/** What the legend says of a series, and the name that Grafana shows for it and sorts by. */
const LEGEND_CALC = { mean: "Mean", max: "Max", sum: "Total", lastNotNull: "Last *" } as const;
type LegendCalc = keyof typeof LEGEND_CALC;

interface LegendInput {
  readonly mode: "list" | "table";
  /** What it says of each series; a table is sorted by the first. */
  readonly calcs: readonly LegendCalc[];
  readonly placement?: "bottom" | "right";
  /** Pixels; a legend at the right else takes half of the panel. */
  readonly width?: number;
}

export interface TimeseriesInput extends PanelInput {
  /** Not 0: Grafana then writes `noValue` beside each line of the grid that is no whole number. */
  readonly decimals?: 1 | 2;
  readonly drawStyle?: "line" | "bars";
  readonly stacked?: boolean;
  readonly fillOpacity?: number;
  readonly legend?: LegendInput;
  /** The axis reaches at least so far: a line at 0 lies at the bottom of something. */
  readonly softMax?: number;
  /** Draws the thresholds as dashed lines. */
  readonly showThresholds?: boolean;
}

const STAT_TEXT_SIZE = 36;

const plainSteps: readonly ThresholdStep[] = [{ color: "text", value: null }];

/** A number with its course behind it. */
export function statPanel(input: PanelInput & { readonly sparkline?: boolean }): Panel {
  return {
    type: "stat",
    // Else the missing value would have the colour of a good one.
    // From 0, or a tenth more or less would look like a mountain.
    ...common({ min: 0, ...input }, { mappings: [missingValue(input.noValue)] }),
    options: {
      colorMode: "value",
      graphMode: input.sparkline === false ? "none" : "area",
      justifyMode: "auto",
      orientation: "auto",
      textMode: "value",
      // Without it Grafana fits each number to its panel, and no two are the same size.
      text: { valueSize: STAT_TEXT_SIZE },
      reduceOptions: { calcs: ["lastNotNull"], fields: "", values: false },
    },
  };
}

/** A value mapping: these words, in no colour, where a value is missing. */
export function missingValue(noValue: string): object {
  return {
    type: "special",
    options: { match: "null+nan", result: { text: noValue, color: "text", index: 0 } },
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
    ...(input.softMax !== undefined && { axisSoftMax: input.softMax }),
    thresholdsStyle: { mode: input.showThresholds ? "dashed" : "off" },
  };
  return {
    type: "timeseries",
    ...common(input, { color: { mode: "palette-classic" }, custom }),
    options: {
      legend: legendOf(input.legend),
      tooltip: { mode: "multi", sort: "desc" },
    },
  };
}

function legendOf(legend: LegendInput | undefined): object {
  const { mode = "list", calcs = [], placement = "bottom", width } = legend ?? {};
  const [first] = calcs;
  return {
    displayMode: mode,
    placement,
    showLegend: true,
    calcs,
    ...(width !== undefined && { width }),
    ...(mode === "table" && first && { sortBy: LEGEND_CALC[first], sortDesc: true }),
  };
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
    ...(input.timeFrom !== undefined && { timeFrom: input.timeFrom }),
    fieldConfig: {
      defaults: {
        ...(input.unit !== undefined && { unit: input.unit }),
        ...(input.decimals !== undefined && { decimals: input.decimals }),
        ...(input.min !== undefined && { min: input.min }),
        ...(input.max !== undefined && { max: input.max }),
        noValue: input.noValue,
        color: { mode: "thresholds" },
        thresholds: { mode: "absolute", steps: input.steps ?? plainSteps },
        ...defaults,
      },
      overrides: input.overrides ?? [],
    },
  };
}
