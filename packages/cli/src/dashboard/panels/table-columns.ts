import type { ThresholdStep } from "../dashboard-json.ts";
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
