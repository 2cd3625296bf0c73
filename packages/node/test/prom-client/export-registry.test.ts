import { Registry, register } from "prom-client";
import { expect, it } from "vitest";
import { exportRegistry } from "../../src/prom-client/export-registry.ts";
import { findPromClient } from "../../src/prom-client/find-prom-client.ts";
import { knownRegistries } from "../../src/prom-client/registry.ts";

it("takes registries, each once, and gives them back", () => {
  const registry = new Registry();
  expect(exportRegistry(registry)).toBe(registry);
  exportRegistry(registry);
  expect([...knownRegistries()].filter((known) => known === (registry as unknown))).toHaveLength(1);
});

it("refuses what is no registry", () => {
  for (const value of [{}, () => undefined, new Map()]) {
    expect(() => exportRegistry(value)).toThrow(/expected a Registry of prom-client 11/);
  }
});

it("finds the default registry of a prom-client that is loaded already", () => {
  findPromClient()();
  expect([...knownRegistries()]).toContain(register);
});

it("refuses the 33rd registry, as of a loop that makes one per request", () => {
  expect(() => {
    for (let count = 0; count < 33; count += 1) exportRegistry(new Registry());
  }).toThrow(/32 registries are exported already/);
  expect(knownRegistries().size).toBe(32);
});
