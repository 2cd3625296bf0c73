import type { ThresholdStep, Transformation } from "../dashboard-json.ts";
import { missingValue } from "../panel.ts";

/**
 * A column of names, which shares with its like what the others leave. Grafana would keep 150 pixels
 * for each, and a phone show nothing else.
 */
export function atLeast(width: number): Record<string, unknown> {
  return { "custom.minWidth": width };
}

/** Its values stay there for links. */
export const HIDDEN_COLUMN: Readonly<Record<string, unknown>> = { "custom.hidden": true };

/** @param width pixels. */
export function sized(width: number): Record<string, unknown> {
  return { "custom.width": width };
}

/** Else the words for an empty panel would stand in each empty cell. */
export function orWords(words: string): Record<string, unknown> {
  return { mappings: [missingValue(words)] };
}

export function colored(steps: readonly ThresholdStep[], width: number): Record<string, unknown> {
  return {
    ...sized(width),
    "custom.cellOptions": { type: "color-text" },
    thresholds: { mode: "absolute", steps },
  };
}

/**
 * One table of what several queries gave.
 *
 * @param columns in their order: the field that Grafana makes, and what it is called here.
 */
export function mergedColumns(columns: Readonly<Record<string, string>>): Transformation[] {
  const names = Object.keys(columns);
  return [
    { id: "merge", options: {} },
    {
      id: "organize",
      options: {
        excludeByName: { Time: true },
        renameByName: columns,
        indexByName: Object.fromEntries(names.map((name, index) => [name, index])),
      },
    },
  ];
}
