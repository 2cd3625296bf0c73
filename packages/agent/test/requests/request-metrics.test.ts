import { AGENT_DEFAULTS } from "@sightline/core";
import { createMetricStore } from "@sightline/wire/metrics";
import { describe, expect, it } from "vitest";
import { createRequestMetrics } from "../../src/requests/request-metrics.ts";
import { createRequestReader } from "../../src/requests/request-reader.ts";

function setUp() {
  const store = createMetricStore();
  const metrics = createRequestMetrics({ store, hostName: "vm-1", environment: "test" });
  const points = () =>
    store.collect().flatMap(({ resource, instruments }) =>
      instruments.flatMap(({ series }) =>
        series.map((one) => ({
          service: resource["service.name"],
          ...one.attributes,
          ...(one.kind === "histogram" ? { count: one.count, sum: one.sum } : {}),
        })),
      ),
    );
  return { store, metrics, points };
}

describe("request metrics", () => {
  it("have the resource of the service and the attributes of the Node SDK", () => {
    const { store, metrics } = setUp();
    metrics.observe({
      service: "web",
      method: "GET",
      status: 503,
      route: "/items/{id}",
      scheme: "https",
      seconds: 0.2,
    });
    const [collected] = store.collect();
    expect(collected?.resource).toEqual({
      "service.name": "web",
      "host.name": "vm-1",
      "deployment.environment.name": "test",
    });
    expect(collected?.instruments[0]?.series[0]?.attributes).toEqual({
      "http.request.method": "GET",
      "http.response.status_code": 503,
      "http.route": "/items/{id}",
      "url.scheme": "https",
      "error.type": "503",
    });
  });

  it("say of a client that left that the request was aborted, and of 4xx no error type", () => {
    const { metrics, points } = setUp();
    metrics.observe({ service: "web", method: "GET" });
    metrics.observe({ service: "web", method: "GET", status: 404 });
    expect(points()).toEqual([
      { service: "web", "http.request.method": "GET", "error.type": "aborted", count: 1, sum: 0 },
      {
        service: "web",
        "http.request.method": "GET",
        "http.response.status_code": 404,
        count: 1,
        sum: 0,
      },
    ]);
  });

  it("follow from a proxy's lines for each service behind it", () => {
    const { metrics, points } = setUp();
    const reader = createRequestReader({
      ...AGENT_DEFAULTS.accessLogs,
      split: [{ path: "/api/", service: "api" }],
    });
    const lines = [
      '"GET /api/items/1 HTTP/1.1" 200 5 "-" "-" rt=0.250',
      '"GET /api/items/2 HTTP/1.1" 200 5 "-" "-" rt=0.500',
      '"GET /api/items/3 HTTP/1.1" 404 5 "-" "-" rt=0.125',
      '"GET /.git/config HTTP/1.1" 404 5 "-" "-" rt=0.000',
      '"\\x16\\x03\\x01" 400 5 "-" "-" rt=0.000',
    ];
    for (const line of lines) {
      const text = `203.0.113.9 - - [10/Oct/2025:13:55:36 +0000] ${line}`;
      const request = reader.read(text, "proxy");
      if (request !== undefined) metrics.observe(request);
    }
    const known = { service: "api", "http.request.method": "GET", "http.route": "/api/items/{id}" };
    expect(points()).toEqual([
      { ...known, "http.response.status_code": 200, count: 2, sum: 0.75 },
      { ...known, "http.response.status_code": 404, count: 1, sum: 0.125 },
      {
        service: "proxy",
        "http.request.method": "GET",
        "http.response.status_code": 404,
        count: 1,
        sum: 0,
      },
    ]);
  });

  it("do not take the log of yesterday for a burst of today", () => {
    const { metrics, points } = setUp();
    const now = Date.now();
    metrics.observe({ service: "web", method: "GET", status: 200 }, now - 86_400_000);
    metrics.observe({ service: "web", method: "GET", status: 200 }, now - 1_000);
    expect(points().map((point) => "count" in point && point.count)).toEqual([1]);
    expect(metrics.late()).toBe(1);
  });

  it("end with their service", () => {
    const { metrics, points } = setUp();
    metrics.observe({ service: "web", method: "GET", status: 200 });
    metrics.forget("web");
    expect(points()).toHaveLength(1);
    expect(points()).toEqual([]);
  });
});
