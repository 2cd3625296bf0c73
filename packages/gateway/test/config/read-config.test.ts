import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GATEWAY_APP_DEFAULTS, GATEWAY_DEFAULTS } from "@sightline/core";
import { formatFault } from "@sightline/wire/config";
import { afterAll, describe, expect, it } from "vitest";
import { readGatewayConfig } from "../../src/config/read-config.ts";

const folder = mkdtempSync(join(tmpdir(), "sightline-gateway-config-"));
const path = join(folder, "gateway.json");
afterAll(() => rmSync(folder, { recursive: true }));

function read(settings: unknown, env: Record<string, string> = {}) {
  writeFileSync(path, typeof settings === "string" ? settings : JSON.stringify(settings));
  return readGatewayConfig({ path, env });
}

function faultsOf(settings: unknown, env: Record<string, string> = {}): string[] {
  const result = read(settings, env);
  if (result.status === "ok") throw new Error("expected faults");
  return result.faults.map((fault) => formatFault(fault).replace(`${folder}/`, ""));
}

const shop = { serviceName: "shop-web", keys: ["shop-key-1"] };

describe("gateway.json", () => {
  it("may be left out, and so may every section of it", () => {
    expect(readGatewayConfig({ env: {} })).toEqual({
      status: "ok",
      config: GATEWAY_DEFAULTS,
      path: undefined,
    });
    expect(read({})).toMatchObject({ config: GATEWAY_DEFAULTS });
  });

  it("gives an app what it does not say itself", () => {
    expect(read({ apps: [{ ...shop, maxDepth: undefined, enabled: false }] })).toMatchObject({
      config: { apps: [{ ...GATEWAY_APP_DEFAULTS, ...shop, enabled: false }] },
    });
  });

  it("is beaten by the environment", () => {
    const env = {
      SIGHTLINE_PORT_GATEWAY: "18717",
      SIGHTLINE_HOST: "vm-9",
      OTEL_EXPORTER_OTLP_ENDPOINT: "https://collector.example",
      OTEL_EXPORTER_OTLP_HEADERS: "authorization=Bearer%20x",
    };
    expect(read({ port: 1, hostName: "file", otlpUrl: "http://file:1" }, env)).toMatchObject({
      config: {
        port: 18_717,
        hostName: "vm-9",
        otlpUrl: "https://collector.example",
        otlpHeaders: { authorization: "Bearer x" },
      },
    });
    expect(read({}, { SIGHTLINE_PORT_OTLP: "14318" })).toMatchObject({
      config: { otlpUrl: "http://127.0.0.1:14318" },
    });
  });

  it("tells every fault at once, each with its place", () => {
    const text = `{
  "prot": 1,
  "maxDepth": 65,
  "apps": [
    {"serviceName": "Shop Web", "keys": ["short"], "origins": ["https://*.example", "null"]},
    {"serviceName": "b", "keys": ["b-key-123"], "origins": ["https://b.example/"], "enabled": "no"},
    {"keys": []}
  ],
  "trustedProxies": ["10.0.0.0/33"]
}`;
    const faults = faultsOf(text, { SIGHTLINE_PORT_GATEWAY: "x" });
    expect(faults.map((fault) => fault.split(" ").slice(0, 2).join(" "))).toEqual([
      'gateway.json:2:3: "prot"',
      "gateway.json:3:15 maxDepth:",
      "gateway.json:5:21 apps[0].serviceName:",
      "gateway.json:5:42 apps[0].keys[0]:",
      "gateway.json:5:64 apps[0].origins[0]:",
      "gateway.json:5:85 apps[0].origins[1]:",
      "gateway.json:6:61 apps[1].origins[0]:",
      "gateway.json:6:95 apps[1].enabled:",
      "gateway.json:7:5 apps[2]:",
      "gateway.json:9:22 trustedProxies[0]:",
      "SIGHTLINE_PORT_GATEWAY: expected",
    ]);
    expect(faults[0]).toContain('did you mean "port"?');
    expect(faults[6]).toContain('"https://b.example"');
  });

  it.each([
    "https://*.example.com",
    "*",
    "null",
    "https://app.example.com/path",
    "HTTPS://app.example.com",
    "https://app.example.com:443",
    "app.example.com",
    "file:///etc/passwd",
    "chrome-extension://abc",
    "https://user@app.example.com",
    "",
  ])("takes no origin like %j", (origin) => {
    expect(faultsOf({ apps: [{ ...shop, origins: [origin] }] })).toHaveLength(1);
  });

  it.each([
    "https://app.example.com",
    "http://localhost:4200",
    "https://xn--bcher-kva.example",
    "http://[::1]:8080",
  ])("takes %s", (origin) => {
    expect(read({ apps: [{ ...shop, origins: [origin] }] })).toMatchObject({ status: "ok" });
  });

  it.each(["..", "../etc", "a/b", ".hidden", "a\u0000b", "-a", "A", "a".repeat(64)])(
    "takes no service of the name %j: it is a folder's name, too",
    (serviceName) => {
      expect(faultsOf({ apps: [{ ...shop, serviceName }] })).toHaveLength(1);
    },
  );

  it("takes each key and each service once", () => {
    expect(
      faultsOf({ apps: [shop, { serviceName: "other", keys: ["key-of-other", "shop-key-1"] }] }),
    ).toEqual([expect.stringContaining('"shop-key-1" of "other" is "shop-web"\'s already')]);
    expect(faultsOf({ apps: [shop, { ...shop, keys: ["another-key"] }] })).toHaveLength(1);
  });

  it("takes no pattern that could stop the process", () => {
    expect(faultsOf({ redaction: { denyPatterns: ["(a+)+$"] } })[0]).toContain("cannot be used");
  });

  it("that comes with the stack is taken", () => {
    const repository = join(import.meta.dirname, "../../../..");
    const settings = readFileSync(join(repository, "provisioning/gateway/gateway.json"), "utf8");
    // The command line reads it with JSON.parse, so it may have no comments.
    expect(read(JSON.parse(settings))).toMatchObject({ status: "ok" });
  });
});
