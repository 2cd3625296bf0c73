import type { Attributes, AttributeValue } from "@opentelemetry/api";
import { cutValue, type ValueCap } from "./value-cap.ts";

/** As many as OpenTelemetry's SDK keeps between two exports; over a life it would keep them all. */
const MAX_SERIES = 2_000;
/** Ways to write these, such as with values that became `_other`; only a shortcut. */
const MAX_SHORTCUTS = 2 * MAX_SERIES;
const MAX_NAMES = 64;

export type MetricGuard = {
  /** These attributes, or fewer and coarser ones. Takes anything; never throws. */
  fit(attributes: Attributes | undefined): Attributes;
  /** Measurements whose combination of values was one too many. */
  overflows(): number;
};

export type MetricGuardOptions = {
  readonly capOf: (attribute: string) => ValueCap;
  /** Called once, with the first combination that did not fit. */
  readonly onOverflow: (max: number, sample: string) => void;
};

/** Bounds the values, names and combinations of one metric's attributes. */
export function createMetricGuard({ capOf, onOverflow }: MetricGuardOptions): MetricGuard {
  const shortcuts = new Map<string, Attributes>();
  const series = new Map<string, Attributes>();
  const names = new Set<string>();
  let overflows = 0;

  function admits(name: string): boolean {
    if (names.has(name)) return true;
    if (names.size >= MAX_NAMES) return false;
    names.add(name);
    return true;
  }

  function fitValues(attributes: Attributes): Attributes {
    const fitted: [string, AttributeValue][] = [];
    for (const name of Object.keys(attributes)) {
      if (!admits(name)) continue;
      const value = attributes[name];
      if (value === undefined || value === null) continue;
      fitted.push([name, fitValue(value, capOf(name))]);
    }
    // fromEntries defines fields, where assignment to `__proto__` would set a prototype.
    return Object.fromEntries(fitted);
  }

  function fitSeries(fitted: Attributes): Attributes {
    const key = keyOf(fitted);
    const known = series.get(key);
    if (known !== undefined) return known;
    if (series.size < MAX_SERIES) {
      series.set(key, fitted);
      return fitted;
    }
    overflows += 1;
    if (overflows === 1) onOverflow(MAX_SERIES, JSON.stringify(fitted));
    return OVERFLOW_ATTRIBUTES;
  }

  function fit(attributes: Attributes): Attributes {
    const key = keyOf(attributes);
    const shortcut = shortcuts.get(key);
    if (shortcut !== undefined) return shortcut;
    const before = overflows;
    const fittedValues = fitValues(attributes);
    const fitted = fitSeries(fittedValues);
    // Only what fitted as it was: the others must be counted each time.
    const isWhole = overflows === before && keyOf(fittedValues) === key;
    if (isWhole && shortcuts.size < MAX_SHORTCUTS) shortcuts.set(key, fitted);
    return fitted;
  }

  return {
    fit(attributes) {
      if (attributes === undefined || attributes === null) return NONE;
      try {
        return fit(attributes);
      } catch {
        // A getter that throws; the measurement itself still counts.
        return OVERFLOW_ATTRIBUTES;
      }
    },
    overflows: () => overflows,
  };
}

/** What a measurement keeps when it is one combination too many. Source: OpenTelemetry's SDK. */
const OVERFLOW_ATTRIBUTES: Attributes = Object.freeze({ "otel.metric.overflow": true });
const NONE: Attributes = Object.freeze({});

function fitValue(value: AttributeValue, cap: ValueCap): AttributeValue {
  if (typeof value === "string") return cap.fit(value);
  if (typeof value === "boolean") return value;
  const text = textOf(value);
  const fitted = cap.fit(text);
  // The SDK throws on what JSON cannot hold, such as a BigInt: only text goes further.
  return typeof value === "number" && fitted === text ? value : fitted;
}

/** Equal for equal attributes in the same order; tells 1 from "1". */
function keyOf(attributes: Attributes): string {
  let key = "";
  for (const name of Object.keys(attributes)) {
    const value = attributes[name];
    key +=
      typeof value === "string"
        ? `${name}\u0000${cutValue(value)}\u0001`
        : `${name}\u0002${textOf(value)}\u0001`;
  }
  return key;
}

function textOf(value: unknown): string {
  return typeof value === "object" ? (JSON.stringify(value) ?? "") : String(value);
}
