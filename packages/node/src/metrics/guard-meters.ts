import {
  type Attributes,
  type BatchObservableCallback,
  createNoopMeter,
  type Meter,
  type MetricOptions,
  type Observable,
  type ObservableCallback,
} from "@opentelemetry/api";
import type { MeterProvider } from "@opentelemetry/sdk-metrics";
import type { CardinalityGuard } from "./cardinality-guard.ts";
import type { MetricGuard } from "./metric-guard.ts";
import { createObservationFold, type ObservationFold } from "./observation-fold.ts";

const COUNTERS = ["createCounter", "createUpDownCounter"] as const;
const RECORDERS = ["createHistogram", "createGauge"] as const;
const OBSERVABLES = {
  createObservableCounter: "sum",
  createObservableUpDownCounter: "sum",
  createObservableGauge: "last",
} as const;

type Watched = { readonly guard: MetricGuard; readonly fold: "sum" | "last" };

/**
 * Puts the guard before all that this provider's meters measure, whoever made the instrument. A view
 * of the SDK could not: it does not know the metric, and where two observations fall together it
 * keeps one of them.
 *
 * Instruments stay those of the SDK, changed in place, because it looks for its own classes.
 */
export function guardMeters(provider: MeterProvider, guard: CardinalityGuard): MeterProvider {
  const guarded = new WeakMap<Meter, Meter>();
  const getMeter = provider.getMeter.bind(provider);
  provider.getMeter = (...args) => {
    const meter = getMeter(...args);
    const known = guarded.get(meter);
    if (known !== undefined) return known;
    const made = guardMeter(meter, guard);
    guarded.set(meter, made);
    return made;
  };
  return provider;
}

function guardMeter(meter: Meter, guard: CardinalityGuard): Meter {
  const noop = createNoopMeter();
  const watched = new WeakMap<Observable, Watched>();
  const own: Record<string, unknown> = {};

  for (const method of [...COUNTERS, ...RECORDERS]) {
    own[method] = (name: string, options?: MetricOptions) => {
      const metric = guard.metric(String(name));
      if (metric === undefined) return noop[method](name, options);
      const instrument = meter[method](name, options);
      const isCounter = method === "createCounter" || method === "createUpDownCounter";
      guardMethod(instrument, isCounter ? "add" : "record", metric);
      return instrument;
    };
  }
  for (const method of Object.keys(OBSERVABLES) as (keyof typeof OBSERVABLES)[]) {
    own[method] = (name: string, options?: MetricOptions) => {
      const metric = guard.metric(String(name));
      if (metric === undefined) return noop[method](name, options);
      const observable = meter[method](name, options);
      watched.set(observable, { guard: metric, fold: OBSERVABLES[method] });
      guardCallbacks(observable, metric, OBSERVABLES[method]);
      return observable;
    };
  }
  return Object.assign(Object.create(meter) as Meter, own, guardBatches(meter, watched));
}

type Measure = (value: number, attributes?: Attributes, context?: unknown) => void;

function guardMethod(instrument: object, method: "add" | "record", guard: MetricGuard): void {
  const target = instrument as Record<string, Measure>;
  const original = target[method]?.bind(instrument);
  if (original === undefined) return;
  target[method] = (value, attributes, context) => {
    original(value, guard.fit(attributes), context);
  };
}

function guardCallbacks(observable: Observable, guard: MetricGuard, fold: "sum" | "last"): void {
  const wrapped = new WeakMap<ObservableCallback, ObservableCallback>();
  const add = observable.addCallback.bind(observable);
  const remove = observable.removeCallback.bind(observable);
  observable.addCallback = (callback) => {
    const known = wrapped.get(callback);
    if (known !== undefined) return add(known);
    const made: ObservableCallback = async (result) => {
      const folded = createObservationFold(guard, fold);
      await callback({ observe: (value, attributes) => folded.observe(value, attributes) });
      folded.tell((value, attributes) => result.observe(value, attributes));
    };
    wrapped.set(callback, made);
    return add(made);
  };
  observable.removeCallback = (callback) => remove(wrapped.get(callback) ?? callback);
}

function guardBatches(meter: Meter, watched: WeakMap<Observable, Watched>): Partial<Meter> {
  const wrapped = new WeakMap<BatchObservableCallback, BatchObservableCallback>();
  return {
    addBatchObservableCallback(callback, observables) {
      const known = wrapped.get(callback);
      const made: BatchObservableCallback =
        known ??
        (async (result) => {
          const folds = new Map<Observable, ObservationFold>();
          await callback({
            observe(observable, value, attributes) {
              const target = watched.get(observable);
              if (target === undefined) return;
              const fold =
                folds.get(observable) ?? createObservationFold(target.guard, target.fold);
              folds.set(observable, fold);
              fold.observe(value, attributes);
            },
          });
          for (const [observable, fold] of folds) {
            fold.tell((value, attributes) => result.observe(observable, value, attributes));
          }
        });
      wrapped.set(callback, made);
      meter.addBatchObservableCallback(made, observables);
    },
    removeBatchObservableCallback(callback, observables) {
      meter.removeBatchObservableCallback(wrapped.get(callback) ?? callback, observables);
    },
  };
}
