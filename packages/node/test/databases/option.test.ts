import { expect, it } from "vitest";
import type { HostFacts } from "../../src/config/node-config.ts";
import { resolveConfig } from "../../src/config/resolve-config.ts";
import type { StartOptions } from "../../src/config/start-options.ts";

const FACTS: HostFacts = {
  packageName: "shop",
  packageVersion: "1.0.0",
  hostname: "vm1",
  isContainer: false,
  homeDirectory: "/home/ada",
  instanceId: "instance",
  distroVersion: "0.1.0",
};

function resolve(options: object, env: Record<string, string> = {}) {
  return resolveConfig({ options: options as StartOptions, env, facts: FACTS });
}

it("instruments all databases unless told otherwise; code beats the environment", () => {
  const env = { OTEL_NODE_DISABLED_INSTRUMENTATIONS: "pg" };

  expect(resolve({}).config.databases).toEqual([
    ...["pg", "mysql2", "mongodb", "redis", "ioredis", "knex"],
  ]);
  expect(resolve({}, env).config.databases).not.toContain("pg");
  expect(resolve({ databases: ["pg"] }, env).config.databases).toEqual(["pg"]);
  expect(resolve({ databases: false }).config.databases).toEqual([]);
});

it("names a database that it does not know", () => {
  expect(resolve({ databases: ["postgres"] }).faults).toEqual([
    'databases: expected false, or a list of "pg", "mysql2", "mongodb", "redis", "ioredis", "knex", got ["postgres"]',
  ]);
});
