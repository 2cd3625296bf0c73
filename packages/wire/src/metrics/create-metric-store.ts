import type { Attributes } from "@sightline/core";
import { type Clock, systemClock } from "../seams.ts";
import { INSTRUMENTS, type Instrument, type InstrumentName } from "./instruments.ts";
import type { MetricResource, MetricStore } from "./metric-store.ts";
import { createSeries, observeIn, type Series, type SeriesOf } from "./series.ts";

export interface MetricStoreOptions {
  /** Name of the instrumentation scope: the package that measures. Default `@sightline/wire`. */
  readonly scope?: string;
  readonly clock?: Clock;
  /** Series of one instrument in one resource; the rest is one series. Default 2,000. */
  readonly maxSeries?: number;
  /** A resource of which nothing was measured for so long is forgotten. Default 24 hours. */
  readonly idleMillis?: number;
}

/** All series of one instrument of one resource. */
export interface CollectedInstrument {
  readonly name: InstrumentName;
  readonly series: readonly Series[];
}

export interface CollectedResource {
  readonly resource: MetricResource;
  readonly instruments: readonly CollectedInstrument[];
}

export interface MetricStoreStats {
  readonly resources: number;
  readonly series: number;
  /** Measurements that went to the overflow series, because there were too many others. */
  readonly overflowed: number;
  /** Measurements that were left out: not a number, or a counter's step back. */
  readonly invalid: number;
}

export interface CollectableMetricStore extends MetricStore {
  /** Name of the instrumentation scope. */
  readonly scope: string;
  /** What there is now, to be read at once: the series are live. Ends what was forgotten. */
  collect(): readonly CollectedResource[];
  stats(): MetricStoreStats;
}

interface ResourceState {
  readonly resource: MetricResource;
  readonly instruments: Map<InstrumentName, Map<string, Series>>;
  touchedMillis: number;
  isForgotten: boolean;
}

interface Found<Kind extends Series["kind"]> {
  readonly series: SeriesOf<Kind>;
  readonly isNew: boolean;
  /** It stands for all that found no room. */
  readonly isOverflow: boolean;
}

const MAX_SERIES = 2_000;
const IDLE_MILLIS = 86_400_000;
/** Source: OpenTelemetry SDK specification, metrics, "Overflow attribute". */
const OVERFLOW: Attributes = { "otel.metric.overflow": true };

export function createMetricStore(options: MetricStoreOptions = {}): CollectableMetricStore {
  const clock = options.clock ?? systemClock;
  const maxSeries = options.maxSeries ?? MAX_SERIES;
  const idleMillis = options.idleMillis ?? IDLE_MILLIS;
  const byContent = new Map<string, ResourceState>();
  /** Callers keep one object per source: finding it again must not cost a key each time. */
  const byObject = new WeakMap<MetricResource, ResourceState>();
  let overflowed = 0;
  let invalid = 0;

  function findState(resource: MetricResource): ResourceState | undefined {
    const known = byObject.get(resource);
    // What was dropped in the meantime is not what is exported.
    if (known !== undefined && !isDropped(known)) return known;
    return byContent.get(keyOf(resource));
  }

  function isDropped(state: ResourceState): boolean {
    return state.instruments.size === 0;
  }

  function touch(resource: MetricResource): ResourceState {
    let state = findState(resource);
    if (state === undefined) {
      state = { resource, instruments: new Map(), touchedMillis: 0, isForgotten: false };
      byContent.set(keyOf(resource), state);
    }
    byObject.set(resource, state);
    state.touchedMillis = clock.now();
    state.isForgotten = false;
    return state;
  }

  function seriesOf<Kind extends Series["kind"]>(
    kind: Kind,
    resource: MetricResource,
    name: InstrumentName,
    attributes: Attributes,
  ): Found<Kind> {
    const { instruments, touchedMillis } = touch(resource);
    let all = instruments.get(name);
    if (all === undefined) {
      all = new Map();
      instruments.set(name, all);
    }
    const isFull = all.size >= maxSeries - 1;
    let found = all.get(keyOf(attributes));
    const isOverflow = found === undefined && isFull;
    if (isOverflow) overflowed += 1;
    const own = isOverflow ? OVERFLOW : attributes;
    found ??= all.get(keyOf(own));
    const isNew = found === undefined;
    const series = (found ?? createSeries(kind, own, touchedMillis)) as SeriesOf<Kind>;
    // Values that somebody else keeps cannot be added up: they have no overflow series.
    if (isNew && !(isOverflow && kind === "gauge")) all.set(keyOf(own), series);
    return { series, isNew, isOverflow };
  }

  function isValid(value: number): boolean {
    if (Number.isFinite(value)) return true;
    invalid += 1;
    return false;
  }

  return {
    scope: options.scope ?? "@sightline/wire",
    add(resource, name, attributes, value) {
      if (!isValid(value < 0 ? Number.NaN : value)) return;
      seriesOf("counter", resource, name, attributes).series.value += value;
    },
    setTotal(resource, name, attributes, total, startUnixMillis) {
      if (!isValid(total < 0 ? Number.NaN : total)) return;
      const { series, isNew, isOverflow } = seriesOf("counter", resource, name, attributes);
      if (isOverflow) return;
      if (isNew) series.startMillis = startUnixMillis ?? 0;
      else if (total < series.value) series.startMillis = startUnixMillis ?? series.setMillis;
      series.setMillis = clock.now();
      series.value = total;
    },
    set(resource, name, attributes, value) {
      if (!isValid(value)) return;
      const { series, isOverflow } = seriesOf("gauge", resource, name, attributes);
      if (!isOverflow) series.value = value;
    },
    observe(resource, name, attributes, value) {
      const isUsable = value === undefined || isValid(value < 0 ? Number.NaN : value);
      const { boundaries = [] }: Instrument = INSTRUMENTS[name];
      const { series } = seriesOf("histogram", resource, name, attributes);
      observeIn(series, isUsable ? value : undefined, boundaries);
    },
    forget(resource) {
      const state = findState(resource);
      if (state === undefined) return;
      state.isForgotten = true;
      for (const name of state.instruments.keys()) {
        if (INSTRUMENTS[name].kind === "gauge") state.instruments.delete(name);
      }
      if (isDropped(state)) byContent.delete(keyOf(state.resource));
    },
    collect() {
      const idleSince = clock.now() - idleMillis;
      const collected: CollectedResource[] = [];
      for (const [key, state] of byContent) {
        collected.push({
          resource: state.resource,
          instruments: [...state.instruments].map(([name, all]) => ({
            name,
            series: [...all.values()],
          })),
        });
        if (!state.isForgotten && state.touchedMillis > idleSince) continue;
        byContent.delete(key);
        state.instruments.clear();
      }
      return collected;
    },
    stats() {
      const states = [...byContent.values()];
      const sizes = states.flatMap(({ instruments }) => [...instruments.values()]);
      const series = sizes.reduce((sum, { size }) => sum + size, 0);
      return { resources: states.length, series, overflowed, invalid };
    },
  };
}

/** The same for equal content in any order. Prometheus knows texts only: 200 is "200". */
function keyOf(attributes: Attributes): string {
  let key = "";
  for (const name of Object.keys(attributes).sort())
    key += `${name}\u0000${attributes[name]}\u0000`;
  return key;
}
