import { METRIC, PROMETHEUS } from "@sightline/core";
import {
  createMetricStore,
  exportMetrics,
  INSTRUMENTS,
  type InstrumentName,
} from "@sightline/wire/metrics";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createFakeClock } from "../../../wire/test/fakes/fake-clock.ts";
import { noPrometheus, type PrometheusServer, startPrometheus } from "./prometheus-server.ts";

const COUNT = PROMETHEUS.httpServerRequestDurationCount;
const BUCKET = PROMETHEUS.httpServerRequestDurationBucket;

/** Against the real server: what its OTLP receiver makes of our bytes. */
describe.skipIf(noPrometheus !== undefined)(
  `a real Prometheus${noPrometheus ? ` (${noPrometheus})` : ""}`,
  () => {
    let prometheus: PrometheusServer;
    beforeAll(async () => {
      prometheus = await startPrometheus();
    }, 60_000);
    afterAll(() => prometheus?.stop());

    /** A minute ago, so that 15 s steps are in the past and inside every window. */
    function setUp(service: string) {
      const clock = createFakeClock(Date.now() - 60_000);
      const store = createMetricStore({ clock });
      const resource = {
        "service.name": service,
        "host.name": "vm-1",
        "deployment.environment.name": "test",
      };
      async function step(): Promise<void> {
        clock.advance(15_000);
        const bodies: Uint8Array[] = [];
        exportMetrics(
          store,
          { enqueue: ({ body }) => bodies.push(body), countDropped: () => undefined },
          { nowMillis: clock.now() },
        );
        for (const body of bodies) {
          expect(await prometheus.push(body)).toEqual({ status: 200, text: "" });
        }
      }
      const query = (promql: string) => prometheus.query(promql, clock.now() / 1000);
      return { clock, store, resource, step, query };
    }

    it("has a count, and no sum and no duration, where no line had one", async () => {
      const { store, resource, step, query } = setUp("plain");
      const observe = () =>
        store.observe(
          resource,
          METRIC.httpServerRequestDuration,
          { "http.route": "/a" },
          undefined,
        );
      observe();
      await step();
      observe();
      observe();
      await step();
      const series = await query(`{service_name="plain", __name__=~"http.+"}`);
      expect(
        series.map(({ metric, value }) => [metric["__name__"], metric["le"], value?.[1]]).sort(),
      ).toEqual([
        [BUCKET, "+Inf", "3"],
        [COUNT, undefined, "3"],
      ]);
      expect(series.find(({ metric }) => metric["__name__"] === COUNT)?.metric).toEqual({
        __name__: COUNT,
        deployment_environment_name: "test",
        host_name: "vm-1",
        http_route: "/a",
        job: "plain",
        service_name: "plain",
      });
      // The dashboards' own shape of the question.
      const quantile = `histogram_quantile(0.95, sum by (le) (rate(${BUCKET}{service_name="plain"}[5m]))) >= 0`;
      expect(await query(quantile)).toEqual([]);
    });

    it("counts the first request of a series in rates, and answers quantiles", async () => {
      const { store, resource, step, query } = setUp("timed");
      store.observe(resource, METRIC.httpServerRequestDuration, {}, 0.02);
      await step();
      const gained = await query(`increase(${COUNT}{service_name="timed"}[5m])`);
      expect(Number(gained[0]?.value?.[1])).toBeCloseTo(1, 5);
      const p50 = await query(
        `histogram_quantile(0.5, sum by (le) (rate(${BUCKET}{service_name="timed"}[5m])))`,
      );
      expect(Number(p50[0]?.value?.[1])).toBeGreaterThan(0.01);
      expect(Number(p50[0]?.value?.[1])).toBeLessThanOrEqual(0.025);
    });

    it("does not take what a container used before the first look for a burst", async () => {
      const { clock, store, resource, step, query } = setUp("old");
      const days = 5 * 86_400_000;
      const names = { known: clock.now() - days, unknown: undefined, young: clock.now() - 10_000 };
      for (const seconds of [500, 501]) {
        for (const [name, start] of Object.entries(names)) {
          const one = { ...resource, "container.name": name };
          store.setTotal(one, METRIC.containerCpuTime, {}, seconds, start);
        }
        await step();
      }
      const series = await query(
        `increase(${PROMETHEUS.containerCpuTime}{service_name="old"}[5m])`,
      );
      const gained = series.map(({ metric, value }) => [
        metric["container_name"],
        Number(value?.[1]),
      ]);
      const { known, unknown, young } = Object.fromEntries(gained);
      expect(known).toBeLessThan(3);
      expect(unknown).toBeLessThan(3);
      expect(young).toBeGreaterThan(500);
    });

    it("counts everything after a restart of the agent, even if the new total is higher", async () => {
      const { clock, store, resource, step, query } = setUp("restarted");
      store.add(resource, METRIC.containerRestarts, {}, 5);
      await step();
      clock.advance(1_000);
      const next = createMetricStore({ clock });
      next.add(resource, METRIC.containerRestarts, {}, 7);
      clock.advance(15_000);
      exportMetrics(
        next,
        { enqueue: ({ body }) => sent.push(prometheus.push(body)), countDropped: () => undefined },
        { nowMillis: clock.now() },
      );
      await Promise.all(sent);
      const resets = await query(
        `resets(${PROMETHEUS.containerRestarts}{service_name="restarted"}[5m])`,
      );
      expect(resets[0]?.value?.[1]).toBe("1");
      const gained = await query(
        `increase(${PROMETHEUS.containerRestarts}{service_name="restarted"}[30s])`,
      );
      expect(Number(gained[0]?.value?.[1])).toBeGreaterThan(7);
    });
    const sent: Promise<unknown>[] = [];

    it("knows every instrument by the name that dashboards use", async () => {
      const { store, resource, step, query } = setUp("names");
      for (const name of Object.keys(INSTRUMENTS) as InstrumentName[]) {
        const { kind } = INSTRUMENTS[name];
        if (kind === "counter") store.add(resource, name as typeof METRIC.agentLines, {}, 1);
        if (kind === "gauge") store.set(resource, name as typeof METRIC.agentLag, {}, 1);
        if (kind === "histogram") {
          store.observe(resource, name as typeof METRIC.httpServerRequestDuration, {}, 1);
        }
      }
      await step();
      const names = (await query(`count by (__name__) ({service_name="names"})`)).map(
        ({ metric }) => metric["__name__"],
      );
      const inOtel = new Map(Object.entries(METRIC).map(([key, name]) => [name as string, key]));
      const expected = (Object.keys(INSTRUMENTS) as InstrumentName[])
        .flatMap((name) => {
          const key = inOtel.get(name) as string;
          if (INSTRUMENTS[name].kind !== "histogram") return [key];
          return ["Bucket", "Count", "Sum"].map((part) => key + part);
        })
        .map((key) => PROMETHEUS[key as keyof typeof PROMETHEUS]);
      expect(names.sort()).toEqual(expected.sort());
    });

    it("takes the overflow series like any other", async () => {
      const { clock, resource, query } = setUp("overflow");
      const store = createMetricStore({ clock, maxSeries: 2 });
      for (const state of ["a", "b", "c"]) store.add(resource, METRIC.agentLines, { state }, 1);
      clock.advance(15_000);
      const pushed: Promise<{ status: number }>[] = [];
      exportMetrics(
        store,
        {
          enqueue: ({ body }) => pushed.push(prometheus.push(body)),
          countDropped: () => undefined,
        },
        { nowMillis: clock.now() },
      );
      expect((await Promise.all(pushed)).map(({ status }) => status)).toEqual([200]);
      const overflow = await query(`${PROMETHEUS.agentLines}{otel_metric_overflow="true"}`);
      expect(overflow[0]?.value?.[1]).toBe("2");
    });

    it("takes the resources of many services in one request", async () => {
      const { clock, query } = setUp("unused");
      const store = createMetricStore({ clock });
      for (let index = 0; index < 300; index += 1) {
        store.add({ "service.name": `many-${index}` }, METRIC.containerRestarts, {}, index + 1);
      }
      clock.advance(15_000);
      const bodies: Uint8Array[] = [];
      exportMetrics(
        store,
        { enqueue: ({ body }) => bodies.push(body), countDropped: () => undefined },
        { nowMillis: clock.now() },
      );
      expect(bodies).toHaveLength(1);
      await prometheus.push(bodies[0] as Uint8Array);
      const sum = await query(`sum(${PROMETHEUS.containerRestarts}{service_name=~"many-.+"})`);
      expect(sum[0]?.value?.[1]).toBe(String((300 * 301) / 2));
    });
  },
);
