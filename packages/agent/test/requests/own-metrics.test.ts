import { describe, expect, it } from "vitest";
import { hasOwnMetrics } from "../../src/requests/own-metrics.ts";

describe("whether a container sends its own metrics", () => {
  it.each([
    [true, ["PATH=/bin", "OTEL_EXPORTER_OTLP_ENDPOINT=http://collector:4318"]],
    [true, ["OTEL_EXPORTER_OTLP_METRICS_ENDPOINT=http://collector:4318/v1/metrics"]],
    [true, ["OTEL_METRICS_EXPORTER=otlp"]],
    [false, []],
    [false, ["PATH=/bin", "OTEL_SERVICE_NAME=web", "broken", "=x"]],
    [false, ["OTEL_EXPORTER_OTLP_ENDPOINT="]],
    [false, ["OTEL_EXPORTER_OTLP_ENDPOINT=http://c", "OTEL_METRICS_EXPORTER=none"]],
    [false, ["OTEL_EXPORTER_OTLP_ENDPOINT=http://c", "OTEL_SDK_DISABLED=TRUE"]],
    [false, ["OTEL_EXPORTER_OTLP_ENDPOINT=http://c", "OTEL_METRICS_EXPORTER=prometheus"]],
    [false, ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=http://c/v1/traces"]],
  ])("is %s for %j", (expected, environment) => {
    expect(hasOwnMetrics(environment)).toBe(expected);
  });
});
