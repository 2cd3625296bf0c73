import { inspect } from "node:util";
import { userHash } from "@sightline/wire";
import { expect, it } from "vitest";
import { resolveConfig } from "../../src/config/resolve-config.ts";
import type { StartOptions } from "../../src/config/start-options.ts";

const facts = {
  packageName: "shop",
  packageVersion: "1.0.0",
  hostname: "box",
  isContainer: false,
  homeDirectory: "/home/ops",
  instanceId: "1",
  distroVersion: "0",
};

function resolve(options: StartOptions, env: Record<string, string> = {}) {
  return resolveConfig({ options, env, facts });
}

it("comes from code, else from the environment, else nobody is named", () => {
  const env = { SIGHTLINE_USER_SECRET: " the environment's secret\n" };
  const hashes = [resolve({ userSecret: "the secret of the code" }, env), resolve({}, env)].map(
    ({ config }) => config.userKey && userHash("42", config.userKey),
  );
  expect(hashes).toEqual([
    userHash("42", "the secret of the code"),
    userHash("42", "the environment's secret"),
  ]);
  expect(resolve({}).config.userKey).toBeUndefined();
  expect(resolve({}, { SIGHTLINE_USER_SECRET: "" }).warnings).toEqual([]);
});

it("is refused below 16 characters, in words that do not repeat it", () => {
  expect(resolve({ userSecret: "hunter2" }).faults).toEqual([
    "userSecret: expected a text of at least 16 characters, got something else",
  ]);
  expect(resolve({}, { SIGHTLINE_USER_SECRET: "hunter2" })).toMatchObject({
    config: { userKey: undefined },
    warnings: [
      "SIGHTLINE_USER_SECRET: expected a text of at least 16 characters, got something else; the default is used",
    ],
  });
});

it("is in no print and no JSON of the settings", () => {
  const { config } = resolve({ userSecret: "hunter2 hunter2 hunter2" });
  expect(inspect(config, { depth: 9, showHidden: true })).not.toContain("hunter2");
  expect(JSON.stringify(config)).not.toContain("hunter2");
});
