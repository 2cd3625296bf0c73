import { ATTRIBUTE, METRIC, RESOURCE } from "@sightline/core";
import { createMetricStore } from "@sightline/wire/metrics";
import { describe, expect, it } from "vitest";
import { createOwnMetrics } from "../../src/metrics/own-metrics.ts";
import { createRequestCounts } from "../../src/metrics/request-counts.ts";
import { createResources } from "../../src/metrics/resources.ts";
import { SHOP } from "../support/door-rig.ts";

function setUp() {
  const store = createMetricStore();
  const resourceOf = createResources({
    hostName: "vm-1",
    environment: "test",
    instanceId: "vm-1:8717",
  });
  return { store, resourceOf, counts: createRequestCounts({ store, resourceOf }) };
}

/** Values by service, metric and attributes. */
function valuesOf(store: ReturnType<typeof createMetricStore>): Record<string, number> {
  return Object.fromEntries(
    store.collect().flatMap(({ resource, instruments }) =>
      instruments.flatMap(({ name, series }) =>
        series.map((one) => {
          const key = [resource[RESOURCE.serviceName], name, ...Object.values(one.attributes)];
          return [key.join(" "), one.kind === "histogram" ? one.count : one.value];
        }),
      ),
    ),
  );
}

describe("counts of requests", () => {
  it("are the app's where its key is known, and the gateway's where none is", () => {
    const { store, counts } = setUp();
    counts.add("accepted", SHOP, 0.01);
    counts.add("accepted", SHOP, 0.02);
    counts.add("wrong_origin", SHOP, 0.001);
    counts.add("unknown_key", undefined, 0.001);
    counts.add("bad_http", undefined, undefined);
    expect(valuesOf(store)).toEqual({
      [`shop-web ${METRIC.gatewayRequests} accepted`]: 2,
      [`shop-web ${METRIC.gatewayRequests} wrong_origin`]: 1,
      [`shop-web ${METRIC.gatewayRequestDuration}`]: 3,
      [`sightline-gateway ${METRIC.gatewayRequests} unknown_key`]: 1,
      [`sightline-gateway ${METRIC.gatewayRequests} bad_http`]: 1,
    });
    expect(counts.totals()).toEqual({ accepted: 2, wrong_origin: 1, unknown_key: 1, bad_http: 1 });
  });

  it("tell gateways apart that take the same app's beacons", () => {
    const { resourceOf } = setUp();
    const other = createResources({ hostName: "vm-1", environment: "test", instanceId: "vm-1:2" });
    expect(resourceOf("shop-web")).not.toEqual(other("shop-web"));
    expect(resourceOf("shop-web")).toBe(resourceOf("shop-web"));
  });
});

describe("what the gateway tells of itself", () => {
  it("is what it lost, what was acknowledged and what waits", () => {
    const { store, resourceOf } = setUp();
    const stats = {
      dropped: [{ signal: "logs", reason: "rejected", records: 3 }],
      acknowledgedRecords: { logs: 7, metrics: 5, traces: 0 },
      memory: { bytes: 10, records: 1, batches: 1 },
      spool: { bytes: 4_096, records: 2, batches: 1, isAvailable: true, writeFailures: 0 },
    } as unknown as ReturnType<Parameters<typeof createOwnMetrics>[1]["stats"]>;
    createOwnMetrics(store, { stats: () => stats }, resourceOf(undefined))();
    expect(valuesOf(store)).toMatchObject({
      [`sightline-gateway ${METRIC.droppedRecords} rejected logs`]: 3,
      [`sightline-gateway ${METRIC.acknowledgedRecords} logs`]: 7,
      [`sightline-gateway ${METRIC.queuedBytes}`]: 4_106,
    });
    const [collected] = store.collect();
    const dropped = collected?.instruments.find(({ name }) => name === METRIC.droppedRecords);
    expect(dropped?.series[0]?.attributes).toEqual({
      [ATTRIBUTE.reason]: "rejected",
      [ATTRIBUTE.signal]: "logs",
    });
  });
});
