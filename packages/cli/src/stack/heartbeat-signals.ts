import { randomBytes } from "node:crypto";
import { ATTRIBUTE, METRIC, RESOURCE } from "@sightline/core";
import type { ServerState } from "./state.ts";

export interface Heartbeat {
  readonly serviceName: string;
  readonly host: string;
  readonly count: number;
  readonly nowUnixMillis: number;
  readonly startedUnixMillis: number;
  readonly servers: readonly Pick<ServerState, "name" | "status" | "restarts">[];
}

const nanos = (millis: number): string => `${Math.round(millis)}000000`;
const attribute = (key: string, value: string): object => ({ key, value: { stringValue: value } });

/** A line, the servers' states as metrics, and a span, as OTLP/HTTP JSON requests. */
export function heartbeatRequests(beat: Heartbeat): { path: string; body: string }[] {
  const resource = {
    attributes: [
      attribute(RESOURCE.serviceName, beat.serviceName),
      attribute(RESOURCE.hostName, beat.host),
    ],
  };
  const scope = { name: "sightline.heartbeat" };
  return [
    {
      path: "/v1/logs",
      body: JSON.stringify({
        resourceLogs: [{ resource, scopeLogs: [{ scope, logRecords: [logRecord(beat)] }] }],
      }),
    },
    {
      path: "/v1/metrics",
      body: JSON.stringify({
        resourceMetrics: [{ resource, scopeMetrics: [{ scope, metrics: metrics(beat) }] }],
      }),
    },
    {
      path: "/v1/traces",
      body: JSON.stringify({
        resourceSpans: [{ resource, scopeSpans: [{ scope, spans: [span(beat)] }] }],
      }),
    },
  ];
}

export function heartbeatLine(beat: Pick<Heartbeat, "count" | "servers">): string {
  const unwell = beat.servers.filter((server) => server.status !== "healthy");
  const well = beat.servers.length - unwell.length;
  const detail = unwell.map((server) => `, ${server.name} ${server.status}`).join("");
  return `heartbeat ${beat.count}: ${well} of ${beat.servers.length} servers healthy${detail}`;
}

function logRecord(beat: Heartbeat): object {
  const isWell = beat.servers.every((server) => server.status === "healthy");
  const time = nanos(beat.nowUnixMillis);
  return {
    timeUnixNano: time,
    observedTimeUnixNano: time,
    severityNumber: isWell ? 9 : 13,
    severityText: isWell ? "INFO" : "WARN",
    body: { stringValue: heartbeatLine(beat) },
    attributes: [attribute(ATTRIBUTE.kind, "log")],
  };
}

function metrics(beat: Heartbeat): object[] {
  const point = (server: { name: string }, value: number): object => ({
    attributes: [attribute(ATTRIBUTE.server, server.name)],
    startTimeUnixNano: nanos(beat.startedUnixMillis),
    timeUnixNano: nanos(beat.nowUnixMillis),
    asInt: String(value),
  });
  return [
    {
      name: METRIC.stackServerUp,
      gauge: {
        dataPoints: beat.servers.map((s) => point(s, s.status === "healthy" ? 1 : 0)),
      },
    },
    {
      name: METRIC.stackServerRestarts,
      sum: {
        aggregationTemporality: 2,
        isMonotonic: true,
        dataPoints: beat.servers.map((s) => point(s, s.restarts)),
      },
    },
  ];
}

function span(beat: Heartbeat): object {
  return {
    traceId: randomBytes(16).toString("hex"),
    spanId: randomBytes(8).toString("hex"),
    name: "heartbeat",
    kind: 1,
    startTimeUnixNano: nanos(beat.nowUnixMillis - 1),
    endTimeUnixNano: nanos(beat.nowUnixMillis),
  };
}
