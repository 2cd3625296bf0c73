import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { metrics, trace } from "@opentelemetry/api";
import { ATTRIBUTE, ERROR_FIELD, METRIC } from "@sightline/core";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import winston from "winston";
import { setRoute, start } from "../../src/index.ts";
import { startForTests, type TestSightline } from "../../src/testing/index.ts";

let sightline: TestSightline;

beforeEach(() => {
  sightline = startForTests({ serviceName: "shop" });
});
afterEach(() => sightline.shutdown());

describe("lines", () => {
  it("are found by level, text and fields, redacted as they would leave", async () => {
    quietLogger().warn("order 7 not found", { orderId: 7, password: "hunter2" });
    const line = await sightline.waitForRecord({
      level: "warn",
      message: /^order \d+/,
      attributes: { orderId: 7 },
    });
    expect(line.message).toBe("order 7 not found");
    expect(JSON.stringify(line)).not.toContain("hunter2");
  });

  it("that carry an error have a compact record beside them", async () => {
    quietLogger().error(new TypeError("the till is empty"));
    const line = await sightline.waitForRecord({ message: /the till is empty/ });
    const record = await sightline.waitForRecord({ kind: "error" });
    expect(record.attributes[ERROR_FIELD.fp]).toBe(line.attributes[ERROR_FIELD.fp]);
  });

  it("that are missing fail with what was captured instead", async () => {
    quietLogger().info("order 8 read");
    await expect(sightline.waitForRecord({ message: /refund/ }, 20)).rejects.toThrow(
      /expected a record that matches .*refund.*none of these 1 does:.*order 8 read/s,
    );
  });

  it("that should not be there fail with the line", () => {
    quietLogger().info("order 9 read");
    sightline.expectNoRecord({ level: "error" });
    expect(() => sightline.expectNoRecord({ message: "order 9 read" })).toThrow(
      /^expected no record that matches \{ message: 'order 9 read' \}, got\n.*level: 'info'/s,
    );
  });

  it("are forgotten by clear()", () => {
    quietLogger().info("before");
    sightline.clear();
    sightline.expectNoRecord({ message: "before" });
    expect(sightline.records).toEqual([]);
  });
});

describe("requests", () => {
  let server: Server;
  let url: string;
  beforeEach(async () => {
    server = createServer((request, response) => {
      setRoute(request, "/orders/:id");
      quietLogger().info("order read");
      response.end("{}");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/orders/7`;
  });
  afterEach(() => new Promise((resolve) => server.close(resolve)));

  it("have a span that their lines belong to, and a count by route", async () => {
    await (await fetch(url, { headers: { connection: "close" } })).text();
    const span = await sightline.waitForSpan({ kind: "server", name: "GET /orders/:id" });
    expect(span.hasFailed).toBe(false);
    const line = await sightline.waitForRecord({ message: "order read" });
    expect(line.traceId).toBe(span.traceId);
    const point = await sightline.waitForPoint({
      name: METRIC.httpServerRequestDuration,
      attributes: { [ATTRIBUTE.httpRoute]: "/orders/:id" },
    });
    expect(point).toMatchObject({ value: 1, unit: "s" });
  });
});

it("sees the metrics that the application makes", async () => {
  metrics.getMeter("shop").createCounter("orders").add(3, { status: "paid" });
  const point = await sightline.waitForPoint({ name: "orders", attributes: { status: "paid" } });
  expect(point.value).toBe(3);
  await expect(sightline.waitForPoint({ name: "refunds" }, 20)).rejects.toThrow(
    /expected a point that matches/,
  );
  await expect(
    sightline.waitForPoint({ name: "orders", attributes: { status: "open" } }, 20),
  ).rejects.toThrow(/none of these 1 does:.*status: 'paid'/s);
});

it("sees all signals, whatever variables switch them off", async () => {
  await sightline.shutdown();
  const variables = {
    OTEL_SDK_DISABLED: "true",
    OTEL_TRACES_EXPORTER: "none",
    OTEL_METRICS_EXPORTER: "none",
    SIGHTLINE_LOGS: "off",
  };
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  try {
    sightline = startForTests({ serviceName: "shop" });
  } finally {
    vi.unstubAllEnvs();
  }
  quietLogger().info("order 10 read");
  await sightline.waitForRecord({ message: "order 10 read" });
  trace.getTracer("shop").startSpan("work").end();
  await sightline.waitForSpan({ name: "work" });
  await sightline.waitForPoint({ name: METRIC.processUptime });
});

it("is what the application's own start() gives, and refuses a second one", () => {
  expect(start().config.serviceName).toBe("shop");
  expect(() => startForTests()).toThrow(/an instance runs already; expected none/);
});

it("can be started again after its end", async () => {
  await sightline.shutdown();
  sightline = startForTests({ serviceName: "again" });
  quietLogger().info("second life");
  await sightline.waitForRecord({ message: "second life" });
});

it("names every fault of its options", async () => {
  await sightline.shutdown();
  expect(() => startForTests({ logs: "paper", sampleRatio: 2 } as object)).toThrow(
    /logs: .*sampleRatio: /s,
  );
});

function quietLogger(): winston.Logger {
  return winston.createLogger({ transports: [new winston.transports.Console({ silent: true })] });
}
