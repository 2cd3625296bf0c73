import { AGENT_DEFAULTS, PROMETHEUS } from "@sightline/core";
import { createMetricStore, exportMetrics } from "@sightline/wire/metrics";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createFakeClock } from "../../../wire/test/fakes/fake-clock.ts";
import { createRequestMetrics } from "../../src/requests/request-metrics.ts";
import { createRequestReader } from "../../src/requests/request-reader.ts";
import {
  noPrometheus,
  type PrometheusServer,
  startPrometheus,
} from "../metrics/prometheus-server.ts";

describe.skipIf(noPrometheus !== undefined)(
  `access lines on a real Prometheus${noPrometheus ? ` (${noPrometheus})` : ""}`,
  () => {
    let prometheus: PrometheusServer;
    beforeAll(async () => {
      prometheus = await startPrometheus();
    }, 60_000);
    afterAll(() => prometheus?.stop());

    it("are requests per minute by route, a share of errors, and a latency", async () => {
      const clock = createFakeClock(Date.now() - 120_000);
      const store = createMetricStore({ clock });
      const metrics = createRequestMetrics({ store, hostName: "vm-1", environment: "test", clock });
      const reader = createRequestReader({
        ...AGENT_DEFAULTS.accessLogs,
        split: [{ path: "/api/", service: "api" }],
      });
      const say = (request: string, status: number) => {
        const line = `203.0.113.9 - - [10/Oct/2025:13:55:36 +0000] "${request} HTTP/1.1" ${status} 5 "-" "-" rt=0.080`;
        const read = reader.read(line, "proxy");
        if (read !== undefined) metrics.observe(read, clock.now());
      };
      for (let step = 0; step < 4; step += 1) {
        for (let item = 0; item < 9; item += 1) say(`GET /api/items/${item}`, 200);
        say("GET /api/items/9", 500);
        say(`GET /scan-${step}.php`, 404);
        clock.advance(15_000);
        const sent: Promise<{ status: number }>[] = [];
        exportMetrics(
          store,
          {
            enqueue: ({ body }) => sent.push(prometheus.push(body)),
            countDropped: () => undefined,
          },
          { nowMillis: clock.now() },
        );
        expect((await Promise.all(sent)).map(({ status }) => status)).toEqual([200]);
      }
      const at = clock.now() / 1000;
      const gained = async (matcher: string) =>
        prometheus.query(
          `sum by (http_route) (increase(${PROMETHEUS.httpServerRequestDurationCount}{${matcher}}[1m]))`,
          at,
        );
      const [api, ...others] = await gained(`service_name="api"`);
      expect(others).toEqual([]);
      expect(api?.metric).toEqual({ http_route: "/api/items/{id}" });
      expect(Number(api?.value?.[1])).toBeCloseTo(40, 0);
      const [failed] = await gained(`service_name="api", error_type="500"`);
      expect(Number(failed?.value?.[1])).toBeCloseTo(4, 0);
      const [scans] = await gained(`service_name="proxy"`);
      expect(scans?.metric).toEqual({});
      expect(Number(scans?.value?.[1])).toBeCloseTo(4, 0);
      const [p95] = await prometheus.query(
        `histogram_quantile(0.95, sum by (le) (rate(${PROMETHEUS.httpServerRequestDurationBucket}{service_name="api"}[1m])))`,
        at,
      );
      expect(Number(p95?.value?.[1])).toBeGreaterThan(0.075);
      expect(Number(p95?.value?.[1])).toBeLessThanOrEqual(0.1);
    });
  },
);
