import { ATTRIBUTE, EVENT_NAME, FARO, SEVERITY } from "@sightline/core";
import type { FaroMeasurement } from "../faro/faro-payload.ts";
import type { LineParts } from "./draft.ts";

/** A web vital as it is told of a page. */
export interface WebVital {
  readonly name: VitalName;
  /** Milliseconds; of `CLS` a score. */
  readonly value: number;
  readonly rating: VitalRating;
}

export type VitalRating = "good" | "needs-improvement" | "poor";

/**
 * The largest value that is good, and the largest that is not poor.
 * Source: https://web.dev/articles/defining-core-web-vitals-thresholds
 */
const THRESHOLDS = {
  LCP: [2_500, 4_000],
  INP: [200, 500],
  CLS: [0.1, 0.25],
  FCP: [1_800, 3_000],
  TTFB: [800, 1_800],
} as const;
export type VitalName = keyof typeof THRESHOLDS;
const NAMES = Object.keys(THRESHOLDS) as VitalName[];
/** Larger ones are of a clock that jumped or of somebody who makes them up. */
const MAX_MILLIS = 600_000;
const MAX_SCORE = 100;

/** Undefined for what is no web vital, or has a value that none has. */
export function toWebVital({ type, values }: FaroMeasurement): WebVital | undefined {
  if (type !== FARO.webVitalsMeasurement) return undefined;
  for (const name of NAMES) {
    const value = values.get(name.toLowerCase());
    if (value === undefined) continue;
    const max = name === "CLS" ? MAX_SCORE : MAX_MILLIS;
    // The rating follows from the value: what a page says of it cannot be another.
    return value >= 0 && value <= max ? { name, value, rating: rate(name, value) } : undefined;
  }
  return undefined;
}

function rate(name: VitalName, value: number): VitalRating {
  const [good, fair] = THRESHOLDS[name];
  if (value <= good) return "good";
  return value <= fair ? "needs-improvement" : "poor";
}

export function toVitalLine(vital: WebVital): LineParts {
  return {
    severityNumber: SEVERITY.INFO,
    severityText: "info",
    body: `${vital.name} ${shown(vital)} ${vital.rating}`,
    attributes: {
      [ATTRIBUTE.browserWebVitalName]: vital.name,
      [ATTRIBUTE.browserWebVitalValue]: vital.value,
      [ATTRIBUTE.browserWebVitalRating]: vital.rating,
    },
    eventName: EVENT_NAME.browserWebVital,
  };
}

function shown({ name, value }: WebVital): string {
  return name === "CLS" ? value.toFixed(3) : `${Math.round(value)} ms`;
}

/** Any other measurement of a page. */
export function toMeasurementLine({ type, values }: FaroMeasurement): LineParts {
  const figures = [...values].map(([name, value]) => `${name}=${value}`);
  return {
    severityNumber: SEVERITY.INFO,
    severityText: "info",
    body: [type, ...figures].join(" "),
  };
}
