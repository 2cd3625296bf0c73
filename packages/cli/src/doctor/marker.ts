import { randomBytes } from "node:crypto";
import { ATTRIBUTE, METRIC, RESOURCE, STACK_SERVICE_NAME } from "@sightline/core";

/** A line, a sample and a span that nothing else sends, so that each can be told from all others. */
export interface Marker {
  /** Sixteen hexadecimal digits; the line has them in its text. */
  readonly id: string;
  readonly sentUnixMillis: number;
  /** Value of the sample: the time of sending in seconds, to a millisecond. */
  readonly sampleValue: number;
  readonly traceId: string;
  readonly line: string;
}

export function createMarker(nowUnixMillis: number): Marker {
  const id = randomBytes(8).toString("hex");
  return {
    id,
    sentUnixMillis: nowUnixMillis,
    sampleValue: nowUnixMillis / 1_000,
    traceId: randomBytes(16).toString("hex"),
    line: `sightline doctor ${id}`,
  };
}

export type SignalPath = "/v1/logs" | "/v1/metrics" | "/v1/traces";

/** OTLP/HTTP JSON of one signal of the marker. */
export function markerRequest(marker: Marker, path: SignalPath): string {
  const resource = { attributes: [attribute(RESOURCE.serviceName, STACK_SERVICE_NAME)] };
  const scope = { name: "sightline.doctor" };
  const time = `${marker.sentUnixMillis}000000`;
  switch (path) {
    case "/v1/logs": {
      const logRecord = {
        timeUnixNano: time,
        observedTimeUnixNano: time,
        severityNumber: 9,
        severityText: "INFO",
        body: { stringValue: marker.line },
        attributes: [attribute(ATTRIBUTE.kind, "log")],
      };
      return JSON.stringify({
        resourceLogs: [{ resource, scopeLogs: [{ scope, logRecords: [logRecord] }] }],
      });
    }
    case "/v1/metrics": {
      const dataPoints = [{ timeUnixNano: time, asDouble: marker.sampleValue }];
      const metric = { name: METRIC.doctorMarker, unit: "s", gauge: { dataPoints } };
      return JSON.stringify({
        resourceMetrics: [{ resource, scopeMetrics: [{ scope, metrics: [metric] }] }],
      });
    }
    case "/v1/traces": {
      const span = {
        traceId: marker.traceId,
        spanId: marker.id,
        name: marker.line,
        kind: 1,
        startTimeUnixNano: `${marker.sentUnixMillis - 1}000000`,
        endTimeUnixNano: time,
      };
      return JSON.stringify({
        resourceSpans: [{ resource: doctorResource(), scopeSpans: [{ scope, spans: [span] }] }],
      });
    }
  }
}

/** Spans are counted by service where there is no store: those of the heartbeat must not be taken for ours. */
function doctorResource(): object {
  return { attributes: [attribute(RESOURCE.serviceName, DOCTOR_SERVICE_NAME)] };
}

export const DOCTOR_SERVICE_NAME: string = `${STACK_SERVICE_NAME}-doctor`;

const attribute = (key: string, value: string): object => ({ key, value: { stringValue: value } });
