import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { SDK_VERSION } from "../src/version.ts";

it("names the version of its package", () => {
  const manifest = readFileSync(new URL("../package.json", import.meta.url), "utf8");

  expect(SDK_VERSION).toBe(JSON.parse(manifest).version);
});
