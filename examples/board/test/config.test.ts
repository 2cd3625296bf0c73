import { describe, expect, test } from "vitest";
import { parseConfig } from "../src/config.ts";

describe("parseConfig", () => {
  test("binds to loopback with the debug routes on by default", () => {
    expect(parseConfig({})).toMatchObject({
      status: "ok",
      config: { port: 8700, host: "127.0.0.1", logLevel: "info", allowDebug: true },
    });
  });

  test("switches the debug routes off on any other address, unless told otherwise", () => {
    const open = { BOARD_HOST: "0.0.0.0" };
    expect(parseConfig(open)).toMatchObject({ config: { allowDebug: false } });
    expect(parseConfig({ ...open, BOARD_ALLOW_CRASH: "1" })).toMatchObject({
      config: { allowDebug: true },
    });
  });

  test.each([
    ["SIGHTLINE_PORT_BOARD", "65536"],
    ["SIGHTLINE_PORT_BOARD", "-1"],
    ["SIGHTLINE_PORT_BOARD", "80.5"],
    ["BOARD_ALLOW_CRASH", "yes"],
    ["BOARD_SEED", "x"],
    ["LOG_LEVEL", "silly"],
    ["BOARD_GATEWAY_URL", "127.0.0.1:8717"],
    ["BOARD_GATEWAY_URL", "https://a.example; script-src *"],
  ])("refuses %s=%s and quotes it", (variable, value) => {
    const result = parseConfig({ [variable]: value });
    expect(result).toMatchObject({ status: "invalid" });
    const { faults } = result as Extract<typeof result, { status: "invalid" }>;
    expect(faults[0]?.variable).toBe(variable);
    expect(faults[0]?.message).toContain(value);
  });

  test("takes the gateway of its page, with the page's key", () => {
    const env = { BOARD_GATEWAY_URL: "http://127.0.0.1:8717/", BOARD_GATEWAY_KEY: "board-key" };
    expect(parseConfig(env)).toMatchObject({
      config: { gateway: { url: "http://127.0.0.1:8717", key: "board-key" } },
    });
    expect(parseConfig({ ...env, BOARD_GATEWAY_KEY: "" })).toMatchObject({
      status: "invalid",
      faults: [{ variable: "BOARD_GATEWAY_KEY" }],
    });
    expect(parseConfig({})).toMatchObject({ config: { gateway: undefined } });
  });
});
