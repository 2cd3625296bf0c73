import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { createContext } from "../../src/context.ts";
import { writeExampleApp } from "../../src/stack/example-app.ts";
import { gatewaySettingsPath, renderGatewaySettings } from "../../src/stack/gateway-settings.ts";
import { recordIo } from "../support/io.ts";
import { tempDirectory } from "../support/temp.ts";

function stack(env: NodeJS.ProcessEnv = {}) {
  const context = createContext(
    recordIo({ SIGHTLINE_DATA: tempDirectory(), SIGHTLINE_PROVISIONING: tempDirectory(), ...env }),
  );
  const { paths } = context;
  return {
    context,
    apply: (settings: unknown) => {
      const path = join(paths.applied, "gateway/gateway.json");
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, typeof settings === "string" ? settings : JSON.stringify(settings));
    },
    rendered: (mode: "embedded" | "docker" = "embedded") => {
      renderGatewaySettings(paths, mode);
      return readFileSync(gatewaySettingsPath(paths, mode), "utf8");
    },
  };
}

describe("the gateway's settings of a stack", () => {
  it("are none before anything is applied, and then what was applied", () => {
    const { apply, rendered } = stack();
    expect(JSON.parse(rendered())).toEqual({ version: 1 });
    apply({ version: 1, maxDepth: 8 });
    expect(JSON.parse(rendered())).toEqual({ version: 1, maxDepth: 8 });
  });

  it("know the example's page as long as the example runs", () => {
    const { context, apply, rendered } = stack({ SIGHTLINE_PORT_BOARD: "18700" });
    apply({ version: 1, apps: [{ serviceName: "shop", keys: ["shop-key"] }] });
    writeExampleApp(context, true);
    const { apps } = JSON.parse(rendered());
    expect(apps).toMatchObject([
      { serviceName: "shop" },
      {
        serviceName: "board-web",
        origins: ["http://127.0.0.1:18700", "http://localhost:18700"],
        enabled: true,
      },
    ]);
    writeExampleApp(context, false);
    expect(JSON.parse(rendered()).apps).toMatchObject([{ serviceName: "shop" }]);
  });

  it("leave the example's page as its own specification has it, where that was applied", () => {
    const { context, apply, rendered } = stack();
    const applied = { version: 1, apps: [{ serviceName: "board-web", keys: ["another-key"] }] };
    apply(applied);
    writeExampleApp(context, true);
    expect(JSON.parse(rendered())).toEqual(applied);
  });

  it("that cannot be understood go to the gateway as they are: it says what is wrong", () => {
    const { context, apply, rendered } = stack();
    writeExampleApp(context, true);
    for (const text of [
      "{",
      "[]",
      "null",
      '"text"',
      "",
      '{"apps":{}}',
      '{"apps":[{"keys":"x"}]}',
    ]) {
      apply(text);
      expect(rendered()).toBe(text);
    }
  });

  it("trust in a container the networks that Caddy may be in, unless the user names some", () => {
    const { apply, rendered } = stack();
    expect(JSON.parse(rendered("docker")).trustedProxies).toContain("172.16.0.0/12");
    apply({ version: 1, trustedProxies: ["10.1.2.3"] });
    expect(JSON.parse(rendered("docker")).trustedProxies).toEqual(["10.1.2.3"]);
  });

  it("can be read by the user of a container, and the embedded ones by nobody else", () => {
    const { context, rendered } = stack();
    const modeOf = (path: string) => statSync(path).mode & 0o777;
    rendered("docker");
    const path = gatewaySettingsPath(context.paths, "docker");
    expect([modeOf(path), modeOf(dirname(path))]).toEqual([0o644, 0o755]);
    rendered("embedded");
    expect(modeOf(gatewaySettingsPath(context.paths, "embedded"))).toBe(0o600);
  });
});
