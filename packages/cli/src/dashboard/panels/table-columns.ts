import type { ThresholdStep } from "../dashboard-json.ts";
import { missingValue } from "../panel.ts";

/** Pixels. Grafana would keep 150 for each name, and a phone show nothing else. */
export const NAME_COLUMN: Readonly<Record<string, unknown>> = { "custom.minWidth": 100 };

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
