import { describe, expect, it } from "vitest";
import {
  type Heartbeat,
  heartbeatLine,
  heartbeatRequests,
} from "../../src/stack/heartbeat-signals.ts";

const beat: Heartbeat = {
  serviceName: "sightline",
  host: "vm",
  count: 7,
  nowUnixMillis: 1_700_000_015_000,
  startedUnixMillis: 1_700_000_000_000,
  servers: [
    { name: "loki", status: "healthy", restarts: 0 },
    { name: "prometheus", status: "restarting", restarts: 3 },
  ],
};

describe("the heartbeat", () => {
  it("says in its line who is unwell", () => {
    expect(heartbeatLine(beat)).toBe("heartbeat 7: 1 of 2 servers healthy, prometheus restarting");
    expect(heartbeatLine({ count: 8, servers: beat.servers.slice(0, 1) })).toBe(
      "heartbeat 8: 1 of 1 servers healthy",
    );
  });

  it("is one line, two metrics per server and one span, each to its own path", () => {
    const requests = Object.fromEntries(
      heartbeatRequests(beat).map(({ path, body }) => [path, JSON.parse(body)]),
    );
    expect(Object.keys(requests)).toEqual(["/v1/logs", "/v1/metrics", "/v1/traces"]);
    const resource = {
      attributes: [
        { key: "service.name", value: { stringValue: "sightline" } },
        { key: "host.name", value: { stringValue: "vm" } },
      ],
    };
    expect(requests["/v1/logs"].resourceLogs).toMatchObject([
      {
        resource,
        scopeLogs: [
          {
            logRecords: [
              {
                timeUnixNano: "1700000015000000000",
                severityNumber: 13,
                severityText: "WARN",
                body: { stringValue: heartbeatLine(beat) },
                attributes: [{ key: "kind", value: { stringValue: "log" } }],
              },
            ],
          },
        ],
      },
    ]);
    const [{ scopeMetrics }] = requests["/v1/metrics"].resourceMetrics;
    const [up, restarts] = scopeMetrics[0].metrics;
    expect(up.gauge.dataPoints.map((point: { asInt: string }) => point.asInt)).toEqual(["1", "0"]);
    expect(restarts.sum).toMatchObject({
      aggregationTemporality: 2,
      isMonotonic: true,
      dataPoints: [
        { asInt: "0", startTimeUnixNano: "1700000000000000000" },
        { asInt: "3", timeUnixNano: "1700000015000000000" },
      ],
    });
    const [{ scopeSpans }] = requests["/v1/traces"].resourceSpans;
    expect(scopeSpans[0].spans[0]).toMatchObject({
      traceId: expect.stringMatching(/^[0-9a-f]{32}$/),
      spanId: expect.stringMatching(/^[0-9a-f]{16}$/),
      name: "heartbeat",
    });
  });

  it("is of severity INFO when all are well", () => {
    const [logs] = heartbeatRequests({ ...beat, servers: beat.servers.slice(0, 1) });
    expect(logs?.body).toContain('"severityText":"INFO"');
  });
});
