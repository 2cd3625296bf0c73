import { describe, expect, it } from "vitest";
import { AGENT_DEFAULTS } from "../../src/config/agent.ts";
import { GATEWAY_DEFAULTS, GATEWAY_ROLES } from "../../src/config/gateway.ts";
import { PORT } from "../../src/conventions.ts";

describe("defaults of agent.json and gateway.json", () => {
  it("agree with the fixed ports", () => {
    expect(AGENT_DEFAULTS.port).toBe(PORT.agent);
    expect(GATEWAY_DEFAULTS.port).toBe(PORT.gateway);
    expect(AGENT_DEFAULTS.otlp.url).toBe(`http://127.0.0.1:${PORT.otlp}`);
    expect(GATEWAY_DEFAULTS.otlpUrl).toBe(AGENT_DEFAULTS.otlp.url);
  });

  it("survive a round through JSON, since that is how they are stored", () => {
    for (const defaults of [AGENT_DEFAULTS, GATEWAY_DEFAULTS]) {
      expect(JSON.parse(JSON.stringify(defaults))).toEqual(defaults);
    }
  });

  it("give one gateway process both roles and no application that may send", () => {
    expect(GATEWAY_DEFAULTS.roles).toEqual([...GATEWAY_ROLES]);
    expect(GATEWAY_DEFAULTS.apps).toEqual([]);
  });
});
