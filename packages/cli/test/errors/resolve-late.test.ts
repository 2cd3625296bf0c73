import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createContext } from "../../src/context.ts";
import { resolveLate } from "../../src/errors/resolve-late.ts";
import { gatewaySettingsPath } from "../../src/stack/gateway-settings.ts";
import { recordIo } from "../support/io.ts";

const DEBUG_ID = "86b5daa1-73ad-5826-be7c-7b9ef2fa54ff";
const FILE = "https://shop.example/app.js";
const ENTRY = {
  timeNanos: "1700000000000000000",
  line: `TypeError: x\n    at ${FILE}:1:1`,
  fields: { service_name: "shop-web", debug_ids: `${FILE}=${DEBUG_ID}` },
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sightline-late-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(path: string, value: object): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, JSON.stringify(value));
}

const MAP = { version: 3, sources: ["src/cart.ts"], names: [], mappings: "AAAA" };
const contextOf = () => createContext(recordIo({ HOME: folder, SIGHTLINE_DATA: folder }));

it("resolves with a map that came after the error", () => {
  expect(resolveLate(contextOf(), ENTRY)).toMatchObject({
    resolvedFrames: 0,
    reasons: new Map([["no_map", 1]]),
  });
  write(join(folder, "gateway/maps/shop-web", `${DEBUG_ID}.map`), MAP);
  expect(resolveLate(contextOf(), ENTRY)).toMatchObject({
    text: "TypeError: x\n    at src/cart.ts:1:1",
    resolvedFrames: 1,
  });
});

it("looks where the gateway does, when its settings name a folder", () => {
  const context = contextOf();
  const mapsFolder = join(folder, "elsewhere");
  write(gatewaySettingsPath(context.paths, "embedded"), { version: 1, mapsFolder });
  write(join(mapsFolder, "shop-web", `${DEBUG_ID}.map`), MAP);
  expect(resolveLate(context, ENTRY)).toMatchObject({ resolvedFrames: 1 });
});
