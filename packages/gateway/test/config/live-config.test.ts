import { GATEWAY_DEFAULTS, type GatewayConfig } from "@sightline/core";
import { describe, expect, it } from "vitest";
import { createLiveConfig } from "../../src/config/live-config.ts";
import type { GatewayConfigResult } from "../../src/config/read-config.ts";
import { SHOP } from "../support/door-rig.ts";

function setUp() {
  const config: GatewayConfig = { ...GATEWAY_DEFAULTS, apps: [SHOP] };
  const log: string[] = [];
  let next: GatewayConfigResult = { status: "ok", config, path: "gateway.json" };
  const live = createLiveConfig({
    config,
    read: () => next,
    now: () => 7,
    log: (text) => log.push(text),
  });
  return {
    live,
    log,
    config,
    reload(result: Partial<GatewayConfig> | GatewayConfigResult) {
      next =
        "status" in result
          ? result
          : { status: "ok", config: { ...config, ...result }, path: "gateway.json" };
      live.reload();
    },
  };
}

describe("settings that are read again", () => {
  it("change keys, origins, limits and the kill switch at once", () => {
    const { live, reload } = setUp();
    reload({ apps: [{ ...SHOP, keys: ["new-key-1"], enabled: false }], maxDepth: 3 });
    expect(live.settings().apps.has("shop-key-1")).toBe(false);
    expect(live.settings().apps.get("new-key-1")).toMatchObject({ enabled: false });
    expect(live.settings().maxDepth).toBe(3);
    expect(live.state()).toEqual({ status: "ok", readAtMillis: 7, faults: [], waiting: [] });
  });

  it("stay as they were where the new ones have a fault, and the log and the state say so", () => {
    const { live, log, reload } = setUp();
    const before = live.settings();
    const fault = { source: "gateway.json", line: 1, column: 2, key: "apps", message: "wrong" };
    reload({ status: "faults", faults: [fault], path: "gateway.json" });
    expect(live.settings()).toBe(before);
    expect(live.state()).toMatchObject({
      status: "faults",
      faults: ["gateway.json:1:2 apps: wrong"],
    });
    expect(log).toEqual(["gateway.json:1:2 apps: wrong", expect.stringContaining("stay in use")]);
    reload({});
    expect(live.state()).toMatchObject({ status: "ok", faults: [] });
  });

  it("name what waits for the next start", () => {
    const { live, log, reload } = setUp();
    reload({ port: 1, otlpUrl: "http://other:1", mapsFolder: "/maps" });
    expect([...live.state().waiting].sort()).toEqual(["mapsFolder", "otlpUrl", "port"]);
    expect(log.at(-1)).toContain("at the next start");
  });

  it("take no payloads where the role is another one", () => {
    const { live, reload } = setUp();
    reload({ roles: ["desk"] });
    expect(live.settings().apps.size).toBe(0);
  });
});
