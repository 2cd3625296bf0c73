import { describe, expect, it } from "vitest";
import {
  ATTRIBUTE,
  EVENT_NAME,
  KINDS,
  LOKI_LABEL,
  LOKI_LIMIT,
  METRIC,
  PORT,
  PROMETHEUS,
  RESOURCE,
} from "../src/conventions.ts";

describe("names of signals", () => {
  it("spells a name once within each table", () => {
    for (const table of [RESOURCE, ATTRIBUTE, METRIC, PROMETHEUS, EVENT_NAME]) {
      const names = Object.values(table);
      expect(new Set(names).size).toBe(names.length);
    }
  });

  it("gives Prometheus the name that its translation makes of the OpenTelemetry one", () => {
    const stems = Object.values(METRIC).map((name) => name.replaceAll(".", "_"));
    for (const name of Object.values(PROMETHEUS)) {
      expect(
        stems.some((stem) => name.startsWith(stem)),
        name,
      ).toBe(true);
    }
  });

  it("has exactly four stream labels in Loki, far from its limit", () => {
    expect(Object.values(LOKI_LABEL).sort()).toEqual([
      "deployment_environment_name",
      "host_name",
      "kind",
      "service_name",
    ]);
    expect(Object.keys(LOKI_LABEL).length).toBeLessThan(LOKI_LIMIT.maxLabels);
  });

  it("gives every server a port of its own", () => {
    const ports = Object.values(PORT);
    expect(new Set(ports).size).toBe(ports.length);
  });

  it("keeps a kind a plain word, because it is a label", () => {
    for (const kind of KINDS) expect(kind).toMatch(/^[a-z]+$/);
  });
});
