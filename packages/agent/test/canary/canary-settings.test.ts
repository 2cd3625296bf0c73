import { hostname } from "node:os";
import { AGENT_DEFAULTS } from "@sightline/core";
import { describe, expect, it } from "vitest";
import { parseCanaryArguments, readCanarySettings } from "../../src/canary/canary-settings.ts";

const LOKI = { SIGHTLINE_LOKI_URL: "http://127.0.0.1:3100" };
const read = (args: readonly string[], env: Record<string, string> = LOKI) =>
  readCanarySettings(parseCanaryArguments(args), env);
const faultsOf = (args: readonly string[], env?: Record<string, string>): readonly string[] => {
  const result = read(args, env);
  return result.status === "faults" ? result.faults : [];
};

describe("settings of the canary", () => {
  it("need the address of Loki alone", () => {
    expect(read([])).toEqual({
      status: "ok",
      settings: {
        lokiUrl: "http://127.0.0.1:3100",
        otlpUrl: "http://127.0.0.1:4318",
        headers: {},
        service: "sightline-canary",
        hostName: hostname(),
        environment: AGENT_DEFAULTS.environment,
        metricIntervalMillis: 15_000,
        queryMillis: 2_000,
        lateMillis: 30_000,
        missingMillis: 300_000,
      },
    });
  });

  it("are the agent's, where it has them", () => {
    const env = {
      ...LOKI,
      OTEL_EXPORTER_OTLP_ENDPOINT: "https://observe.example.org:4319",
      OTEL_EXPORTER_OTLP_HEADERS: "authorization=Bearer%20x1",
      OTEL_SERVICE_NAME: "watch",
      OTEL_METRIC_EXPORT_INTERVAL: "5000",
      SIGHTLINE_HOST: "web-1",
      SIGHTLINE_ENVIRONMENT: "production",
    };
    const args = ["--query-every", "500ms", "--late-after", "1m", "--missing-after", "10m"];
    expect(read(args, env)).toMatchObject({
      settings: {
        otlpUrl: "https://observe.example.org:4319",
        headers: { authorization: "Bearer x1" },
        service: "watch",
        hostName: "web-1",
        environment: "production",
        metricIntervalMillis: 5_000,
        queryMillis: 500,
        lateMillis: 60_000,
        missingMillis: 600_000,
      },
    });
  });

  it("say what to set where Loki's address is not there", () => {
    expect(faultsOf([], {})).toEqual([
      "SIGHTLINE_LOKI_URL is not set, so the canary cannot look for its lines; set it to Loki's address, for example http://127.0.0.1:3100",
    ]);
  });

  it("tell all that is wrong at once, and no password", () => {
    const faults = faultsOf(["--query-every", "1h", "--missing-after", "soon"], {
      SIGHTLINE_LOKI_URL: "ftp://reader:s3cret@loki",
      OTEL_METRIC_EXPORT_INTERVAL: "1",
      OTEL_EXPORTER_OTLP_ENDPOINT: "nowhere",
    });
    expect(faults.map((fault) => fault.split(/[ :]/)[0])).toEqual([
      "SIGHTLINE_LOKI_URL",
      "--query-every",
      "--missing-after",
      "OTEL_METRIC_EXPORT_INTERVAL",
      "OTEL_EXPORTER_OTLP_ENDPOINT",
    ]);
    expect(faults.join("\n")).not.toContain("s3cret");
  });

  it("refuse a line that would be missing before it is late", () => {
    expect(faultsOf(["--late-after", "2m", "--missing-after", "1m"])).toEqual([
      "--late-after 2m is longer than --missing-after 1m; a line is late first",
    ]);
  });
});
