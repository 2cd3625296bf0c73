import { METRIC } from "@sightline/core";
import { describe, expect, it } from "vitest";
import { createMetricStore } from "../../src/metrics/create-metric-store.ts";
import { createStoreExporter } from "../../src/metrics/store-exporter.ts";
import { createFakeClock } from "../fakes/fake-clock.ts";

function setUp(beforeCollect?: () => void | Promise<void>) {
  const clock = createFakeClock();
  const store = createMetricStore({ clock });
  const batches: { records: number; createdUnixMillis: number }[] = [];
  const errors: unknown[] = [];
  const exporter = createStoreExporter({
    store,
    delivery: { enqueue: (batch) => batches.push(batch), countDropped: () => undefined },
    intervalMillis: 15_000,
    clock,
    onError: (error) => errors.push(error),
    ...(beforeCollect === undefined ? {} : { beforeCollect }),
  });
  store.add({ "service.name": "web" }, METRIC.containerCrashes, {}, 1);
  return { clock, store, batches, errors, exporter };
}

/** Lets promises that are already settled run on. */
const settle = () => new Promise<void>((done) => setImmediate(done));

describe("the metric exporter", () => {
  it("exports every interval, stamped with the time of the export", async () => {
    const { clock, batches } = setUp();
    clock.advance(15_000);
    await settle();
    clock.advance(15_000);
    await settle();
    expect(batches.map(({ records }) => records)).toEqual([1, 1]);
    expect(batches[1]?.createdUnixMillis).toBe(clock.now());
  });

  it("sets what is only read then before it exports", async () => {
    const { store, batches, exporter } = setUp(async () => {
      await settle();
      store.set({ "service.name": "web" }, METRIC.agentLag, {}, 3);
    });
    await exporter.collectNow();
    expect(batches.map(({ records }) => records)).toEqual([2]);
  });

  it("exports what others measured when the preparation fails, and says so", async () => {
    const { batches, errors, exporter } = setUp(() => Promise.reject(new Error("no stats")));
    await exporter.collectNow();
    expect(batches).toHaveLength(1);
    expect(String(errors[0])).toContain("no stats");
  });

  it("does not wait for ever for a preparation that hangs", async () => {
    const { clock, batches, exporter } = setUp(() => new Promise(() => undefined));
    const done = exporter.collectNow();
    await settle();
    clock.advance(7_500);
    await done;
    expect(batches).toHaveLength(1);
  });

  it("exports one last time when it stops, and then never again", async () => {
    const { clock, batches, exporter } = setUp();
    await Promise.all([exporter.stop(), exporter.stop()]);
    expect(batches).toHaveLength(1);
    expect(clock.pendingDelays()).toEqual([]);
    clock.advance(60_000);
    await settle();
    expect(batches).toHaveLength(1);
  });

  it("ends while an export is under way, without arming another", async () => {
    let release: () => void = () => undefined;
    const { clock, batches, exporter } = setUp(() => new Promise((done) => (release = done)));
    clock.advance(15_000);
    await settle();
    const stopped = exporter.stop();
    release();
    await settle();
    release();
    await stopped;
    await settle();
    expect(batches).toHaveLength(2);
    expect(clock.pendingDelays()).toEqual([]);
  });
});
