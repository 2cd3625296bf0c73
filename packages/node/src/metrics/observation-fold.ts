import type { Attributes } from "@opentelemetry/api";
import type { MetricGuard } from "./metric-guard.ts";

/** The observations of one callback, those that the guard lets fall together as one. */
export type ObservationFold = {
  observe(value: number, attributes?: Attributes): void;
  tell(observe: (value: number, attributes: Attributes) => void): void;
};

/** @param kind `sum` for what adds up; `last` for gauges. */
export function createObservationFold(guard: MetricGuard, kind: "sum" | "last"): ObservationFold {
  // The guard gives the same object for the same series.
  const values = new Map<Attributes, number>();
  return {
    observe(value, attributes = NONE) {
      const fitted = guard.fit(attributes);
      const previous =
        kind === "sum" && !isSame(attributes, fitted) ? values.get(fitted) : undefined;
      values.set(fitted, previous === undefined ? value : previous + value);
    },
    tell(observe) {
      for (const [attributes, value] of values) observe(value, attributes);
    },
  };
}

const NONE: Attributes = Object.freeze({});

/** The same attributes observed twice are a correction, as without us: the last one counts. */
function isSame(attributes: Attributes, fitted: Attributes): boolean {
  const names = Object.keys(attributes);
  return (
    names.length === Object.keys(fitted).length &&
    names.every((name) => attributes[name] === fitted[name])
  );
}
