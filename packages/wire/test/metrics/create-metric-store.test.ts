import { METRIC } from "@sightline/core";
import { describe, expect, it } from "vitest";
import {
  type CollectableMetricStore,
  createMetricStore,
} from "../../src/metrics/create-metric-store.ts";
import { createFakeClock } from "../fakes/fake-clock.ts";

const web = { "service.name": "web", "host.name": "vm-1" };
const api = { "service.name": "api", "host.name": "vm-1" };

describe("the metric store", () => {
  it("adds up a counter per resource and attributes, whatever object says them", () => {
    const store = createMetricStore();
    store.add(web, METRIC.containerCrashes, { verdict: "oom" }, 1);
    store.add(
      { "host.name": "vm-1", "service.name": "web" },
      METRIC.containerCrashes,
      { verdict: "oom" },
      2,
    );
    store.add(web, METRIC.containerCrashes, { verdict: "exit" }, 1);
    store.add(api, METRIC.containerCrashes, { verdict: "oom" }, 5);
    expect(valuesOf(store)).toEqual({ "web oom": 3, "web exit": 1, "api oom": 5 });
  });

  it("takes the number 200 and the text 200 as one series, as Prometheus does", () => {
    const store = createMetricStore();
    store.add(web, METRIC.agentLines, { state: 200 }, 1);
    store.add(web, METRIC.agentLines, { state: "200" }, 1);
    expect(store.stats().series).toBe(1);
  });

  it("starts a series when it is first seen, not with the process", () => {
    const clock = createFakeClock(1_000_000);
    const store = createMetricStore({ clock });
    store.add(web, METRIC.containerCrashes, {}, 1);
    clock.advance(30_000);
    store.add(web, METRIC.containerRestarts, {}, 1);
    store.add(web, METRIC.containerCrashes, {}, 1);
    const starts = seriesOf(store).map((one) => one.kind === "counter" && one.startMillis);
    expect(starts).toEqual([1_000_000, 1_030_000]);
  });

  it("counts a total from the start that its keeper names, and from the last look after a fall", () => {
    const clock = createFakeClock(1_000_000);
    const store = createMetricStore({ clock });
    const total = () => seriesOf(store)[0];
    store.setTotal(web, METRIC.containerCpuTime, {}, 500, 400_000);
    expect(total()).toMatchObject({ value: 500, startMillis: 400_000 });
    clock.advance(15_000);
    store.setTotal(web, METRIC.containerCpuTime, {}, 510, 400_000);
    expect(total()).toMatchObject({ value: 510, startMillis: 400_000 });
    clock.advance(15_000);
    store.setTotal(web, METRIC.containerCpuTime, {}, 2);
    expect(total()).toMatchObject({ value: 2, startMillis: 1_015_000 });
  });

  it("says of a total without a start that nobody knows it", () => {
    const store = createMetricStore();
    store.setTotal(web, METRIC.containerCpuTime, {}, 500);
    expect(seriesOf(store)[0]).toMatchObject({ value: 500, startMillis: 0 });
  });

  it("puts a value on a bound into the bucket below it", () => {
    const store = createMetricStore();
    for (const seconds of [0, 0.005, 0.0051, 10, 10.01]) {
      store.observe(web, METRIC.httpServerRequestDuration, {}, seconds);
    }
    const counts = [2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1];
    expect(seriesOf(store)[0]).toMatchObject({ count: 5, bucketCounts: counts });
  });

  it("has no buckets while no observation had a value, and counts those in the last bucket later", () => {
    const store = createMetricStore();
    store.observe(web, METRIC.httpServerRequestDuration, {}, undefined);
    store.observe(web, METRIC.httpServerRequestDuration, {}, undefined);
    expect(seriesOf(store)[0]).toMatchObject({ count: 2, bucketCounts: undefined });
    store.observe(web, METRIC.httpServerRequestDuration, {}, 0.001);
    store.observe(web, METRIC.httpServerRequestDuration, {}, undefined);
    expect(seriesOf(store)[0]).toMatchObject({
      count: 4,
      sum: 0.001,
      bucketCounts: [1, ...new Array(13).fill(0), 3],
    });
  });

  it("leaves out what is no number and counts it; a bad duration still counts as an observation", () => {
    const store = createMetricStore();
    store.add(web, METRIC.containerCrashes, {}, Number.NaN);
    store.add(web, METRIC.containerCrashes, {}, -1);
    store.set(web, METRIC.containerPids, {}, Number.POSITIVE_INFINITY);
    store.observe(web, METRIC.httpServerRequestDuration, {}, -0.5);
    expect(store.stats()).toMatchObject({ invalid: 4, series: 1 });
    expect(seriesOf(store)[0]).toMatchObject({ count: 1, bucketCounts: undefined });
  });

  it("counts series past the limit together, per resource and instrument", () => {
    const store = createMetricStore({ maxSeries: 3 });
    for (const state of ["a", "b", "c", "d", "a"]) {
      store.add(web, METRIC.agentLines, { state }, 1);
    }
    store.add(api, METRIC.agentLines, { state: "x" }, 1);
    store.add(web, METRIC.containerCrashes, { verdict: "oom" }, 1);
    const lines = store.collect()[0]?.instruments[0]?.series;
    expect(lines?.map((one) => [one.attributes, one.kind === "counter" && one.value])).toEqual([
      [{ state: "a" }, 2],
      [{ state: "b" }, 1],
      [{ "otel.metric.overflow": true }, 2],
    ]);
    expect(store.stats()).toMatchObject({ overflowed: 2, series: 5, resources: 2 });
  });

  it("makes no overflow series of values that cannot be added up", () => {
    const store = createMetricStore({ maxSeries: 2 });
    for (const id of ["a", "b", "c"]) {
      store.set(web, METRIC.agentLag, { id }, 1);
      store.setTotal(web, METRIC.containerCpuTime, { id }, 1);
    }
    const lag = seriesOf(store).filter((one) => one.kind === "gauge");
    expect(lag.map((one) => one.attributes)).toEqual([{ id: "a" }]);
    expect(store.stats().overflowed).toBe(4);
  });

  it("ends the gauges of what is gone at once, and its counters after one more export", () => {
    const store = createMetricStore();
    store.set(web, METRIC.containerPids, {}, 7);
    store.add(web, METRIC.containerCrashes, { verdict: "oom" }, 1);
    store.forget({ ...web });
    expect(seriesOf(store).map(({ kind }) => kind)).toEqual(["counter"]);
    expect(store.collect()).toEqual([]);
    expect(store.stats().resources).toBe(0);
  });

  it("begins a forgotten resource anew when it comes back after the export", () => {
    const clock = createFakeClock();
    const store = createMetricStore({ clock });
    store.add(web, METRIC.containerCrashes, { verdict: "oom" }, 4);
    store.forget(web);
    store.collect();
    clock.advance(5);
    store.add(web, METRIC.containerCrashes, { verdict: "oom" }, 1);
    expect(seriesOf(store)).toEqual([
      expect.objectContaining({ value: 1, startMillis: clock.now() }),
    ]);
  });

  it("goes on with the counters of a resource that comes back before the export", () => {
    const store = createMetricStore();
    store.add(web, METRIC.containerCrashes, { verdict: "oom" }, 4);
    store.forget(web);
    store.add(web, METRIC.containerCrashes, { verdict: "oom" }, 1);
    store.collect();
    expect(valuesOf(store)).toEqual({ "web oom": 5 });
  });

  it("forgets a resource that nothing was measured of for a day", () => {
    const clock = createFakeClock();
    const store = createMetricStore({ clock, idleMillis: 1_000 });
    store.add(web, METRIC.containerCrashes, { verdict: "oom" }, 1);
    store.add(api, METRIC.containerCrashes, { verdict: "oom" }, 1);
    clock.advance(900);
    store.add(api, METRIC.containerCrashes, { verdict: "oom" }, 1);
    clock.advance(200);
    store.collect();
    expect(valuesOf(store)).toEqual({ "api oom": 2 });
  });

  it("forgetting what it never knew does nothing", () => {
    const store = createMetricStore();
    store.forget(web);
    expect(store.collect()).toEqual([]);
  });
});

function seriesOf(store: CollectableMetricStore) {
  return store
    .collect()
    .flatMap(({ instruments }) => instruments)
    .flatMap(({ series }) => series);
}

function valuesOf(store: CollectableMetricStore): Record<string, number> {
  return Object.fromEntries(
    store
      .collect()
      .flatMap(({ resource, instruments }) =>
        instruments.flatMap(({ series }) =>
          series.map((one) => [
            `${resource["service.name"]} ${one.attributes["verdict"]}`,
            one.kind === "histogram" ? one.count : one.value,
          ]),
        ),
      ),
  );
}
