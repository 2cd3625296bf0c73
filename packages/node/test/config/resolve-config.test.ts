import { describe, expect, it } from "vitest";
import type { HostFacts } from "../../src/config/node-config.ts";
import { resolveConfig } from "../../src/config/resolve-config.ts";
import type { StartOptions } from "../../src/config/start-options.ts";

const FACTS: HostFacts = {
  packageName: "shop",
  packageVersion: "1.2.3",
  hostname: "vm-1",
  isContainer: false,
  homeDirectory: "/home/ops",
  instanceId: "instance-1",
  distroVersion: "0.1.0",
};

function resolve(
  options: StartOptions = {},
  env: Record<string, string> = {},
  facts: Partial<HostFacts> = {},
) {
  return resolveConfig({ options, env, facts: { ...FACTS, ...facts } });
}

describe("resolveConfig", () => {
  it("has a default for everything", () => {
    expect(resolve()).toEqual({
      faults: [],
      warnings: [],
      config: {
        enabled: true,
        serviceName: "shop",
        resourceAttributes: {
          "service.name": "shop",
          "service.version": "1.2.3",
          "service.instance.id": "instance-1",
          "host.name": "vm-1",
          "telemetry.distro.name": "sightline",
          "telemetry.distro.version": "0.1.0",
        },
        endpoint: "http://127.0.0.1:4318",
        endpoints: {
          logs: "http://127.0.0.1:4318/v1/logs",
          metrics: "http://127.0.0.1:4318/v1/metrics",
          traces: "http://127.0.0.1:4318/v1/traces",
        },
        headers: {},
        compression: undefined,
        exportTimeoutMillis: 10_000,
        logs: "otlp",
        loggers: ["winston", "pino", "console"],
        winstonFormats: false,
        metrics: true,
        promClient: true,
        metricIntervalMillis: 15_000,
        traces: true,
        sampler: { kind: "ratio", ratio: 0.1, isParentBased: true },
        spool: {
          directory: "/home/ops/.local/share/sightline/spool/shop",
          maxBytes: 134_217_728,
        },
        ring: {
          directory: "/home/ops/.local/share/sightline/ring/shop",
          maxBytes: 4_194_304,
        },
        maxMemoryBytes: 16_777_216,
        databases: ["pg", "mysql2", "mongodb", "redis", "ioredis", "knex"],
        redaction: {},
        userKey: undefined,
        flushTimeoutMillis: 2_000,
        maxRoutes: 500,
        maxPeers: 100,
        maxTemplates: 50,
        maxLabelValues: 200,
        clientTemplate: undefined,
        handleSignals: true,
        startupLine: true,
      },
    });
  });

  it("takes every setting of the environment", () => {
    const { config, warnings } = resolve(
      {},
      {
        OTEL_SERVICE_NAME: "named",
        OTEL_RESOURCE_ATTRIBUTES: "service.name=other,deployment.environment.name=staging,a=b%20c",
        OTEL_EXPORTER_OTLP_ENDPOINT: "https://otel.example/base/",
        OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "https://traces.example/custom",
        OTEL_EXPORTER_OTLP_HEADERS: "authorization=Basic%20abc",
        OTEL_EXPORTER_OTLP_TIMEOUT: "5000",
        OTEL_EXPORTER_OTLP_COMPRESSION: "none",
        OTEL_METRIC_EXPORT_INTERVAL: "60000",
        OTEL_TRACES_SAMPLER: "traceidratio",
        OTEL_TRACES_SAMPLER_ARG: "0.5",
        OTEL_METRICS_EXPORTER: "none",
        OTEL_SDK_DISABLED: "TRUE",
        SIGHTLINE_LOGS: "stdout",
        SIGHTLINE_DATA: "/var/lib/sightline",
        SIGHTLINE_HOST: "web-1",
      },
    );
    expect(warnings).toEqual([]);
    expect(config).toMatchObject({
      enabled: false,
      serviceName: "named",
      resourceAttributes: {
        "service.name": "named",
        "deployment.environment.name": "staging",
        "host.name": "web-1",
        a: "b c",
      },
      endpoints: {
        logs: "https://otel.example/base/v1/logs",
        metrics: "https://otel.example/base/v1/metrics",
        traces: "https://traces.example/custom",
      },
      headers: { authorization: "Basic abc" },
      compression: "none",
      exportTimeoutMillis: 5_000,
      logs: "stdout",
      metrics: false,
      metricIntervalMillis: 60_000,
      sampler: { kind: "ratio", ratio: 0.5, isParentBased: false },
      spool: { directory: "/var/lib/sightline/spool/named" },
    });
  });

  it.each(["otlp", "stdout", "off"])("takes SIGHTLINE_LOGS=%s", (mode) => {
    const { config, warnings } = resolve({}, { SIGHTLINE_LOGS: mode });
    expect(config.logs).toBe(mode);
    expect(warnings).toEqual([]);
  });

  it("lets code beat the environment", () => {
    const { config } = resolve(
      {
        serviceName: "code",
        environment: "production",
        endpoint: "http://10.0.0.1:4318",
        headers: { b: "code" },
        logs: "off",
        sampleRatio: 1,
        spoolDirectory: false,
        disabled: false,
      },
      {
        OTEL_SERVICE_NAME: "env",
        OTEL_RESOURCE_ATTRIBUTES: "deployment.environment.name=staging",
        OTEL_EXPORTER_OTLP_ENDPOINT: "http://10.0.0.2:4318",
        OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: "http://10.0.0.3:4318/v1/logs",
        OTEL_EXPORTER_OTLP_HEADERS: "a=env,b=env",
        OTEL_TRACES_SAMPLER: "always_off",
        OTEL_SDK_DISABLED: "true",
        SIGHTLINE_LOGS: "stdout",
      },
    );
    expect(config).toMatchObject({
      enabled: true,
      serviceName: "code",
      resourceAttributes: { "deployment.environment.name": "production" },
      endpoints: { logs: "http://10.0.0.1:4318/v1/logs" },
      headers: { a: "env", b: "code" },
      logs: "off",
      sampler: { kind: "ratio", ratio: 1, isParentBased: true },
      spool: undefined,
    });
  });

  it("does not take the name of a container for the name of its host", () => {
    const inside = { isContainer: true };
    expect(resolve({}, {}, inside).config.resourceAttributes).not.toHaveProperty("host.name");
    expect(
      resolve({}, { SIGHTLINE_HOST: "vm-1" }, inside).config.resourceAttributes,
    ).toHaveProperty("host.name", "vm-1");
  });

  it("treats an empty variable and an undefined option as not given", () => {
    const { config, faults, warnings } = resolve(
      { serviceName: undefined },
      { OTEL_SERVICE_NAME: " ", OTEL_TRACES_SAMPLER: "", SIGHTLINE_LOGS: "" },
    );
    expect([...faults, ...warnings]).toEqual([]);
    expect(config).toMatchObject({ serviceName: "shop", logs: "otlp" });
  });

  it.each([
    ["@shop/api", "shop-api"],
    ["../../etc", "etc"],
    ["...", "service"],
  ])("keeps the spool of a service called %s below the data folder", (serviceName, folder) => {
    expect(resolve({ serviceName }).config.spool?.directory).toBe(
      `/home/ops/.local/share/sightline/spool/${folder}`,
    );
  });

  it("names every wrong option of code at once", () => {
    const options = {
      sampleRate: 1,
      logs: "loki",
      loggers: ["bunyan"],
      endpoint: "ftp://user:secret@host",
      maxRoutes: 0.5,
      metrics: "yes",
    } as unknown as StartOptions;
    const { faults } = resolve(options);
    expect(faults).toEqual([
      '"sampleRate" is not an option: did you mean "sampleRatio"?',
      'logs: expected one of "otlp", "stdout", "off", got "loki"',
      'loggers: expected a list of "winston", "pino", "console", got ["bunyan"]',
      'endpoint: expected a base URL such as "http://127.0.0.1:4318", without query, credentials or fragment, got something else',
      "maxRoutes: expected a whole number of routes from 1 to 10000, got 0.5",
      'metrics: expected true or false, got "yes"',
    ]);
  });

  it("lists the known options for a name that resembles none", () => {
    const { faults } = resolve({ zzzzzzzzzz: 1 } as unknown as StartOptions);
    expect(faults).toEqual([
      expect.stringMatching(/^"zzzzzzzzzz" is not an option: known are serv/),
    ]);
  });

  it("warns of wrong variables without repeating a secret, and uses the default", () => {
    const { config, warnings } = resolve(
      {},
      {
        OTEL_EXPORTER_OTLP_ENDPOINT: "http://user:secret@host:4318",
        OTEL_EXPORTER_OTLP_HEADERS: "authorization=%secret",
        OTEL_EXPORTER_OTLP_PROTOCOL: "grpc",
        OTEL_LOGS_EXPORTER: "console",
        OTEL_TRACES_SAMPLER: "parentbased_traceidratio",
        OTEL_TRACES_SAMPLER_ARG: "ten",
      },
    );
    expect(config).toMatchObject({ endpoint: "http://127.0.0.1:4318", logs: "otlp", headers: {} });
    expect(warnings).toEqual([
      expect.stringMatching(/^OTEL_EXPORTER_OTLP_ENDPOINT: expected a base URL .* is used$/),
      'OTEL_LOGS_EXPORTER: expected otlp or none, got "console"; the default is used',
      expect.stringMatching(/^OTEL_EXPORTER_OTLP_HEADERS: .* could not read pair 1;/),
      expect.stringMatching(/^OTEL_EXPORTER_OTLP_PROTOCOL: expected http\/protobuf/),
      'OTEL_TRACES_SAMPLER_ARG: expected a number from 0 to 1, got "ten"; the default is used',
    ]);
    expect(warnings.join("\n")).not.toContain("secret");
  });
});
