import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Answered, ORIGIN, send } from "./support/door-rig.ts";
import {
  type GatewayProcess,
  runToEnd,
  startGatewayProcess,
  waitUntil,
} from "./support/gateway-process.ts";

const folder = mkdtempSync(join(tmpdir(), "sightline-gateway-process-"));
afterAll(() => rmSync(folder, { recursive: true }));

const shop = { serviceName: "shop-web", keys: ["shop-key-1"], origins: [ORIGIN] };
const LOG = JSON.stringify({
  meta: { session: { id: "s1" }, app: { name: "shop" } },
  logs: [{ message: "hello", level: "info", timestamp: new Date().toISOString() }],
});

/** A collector that acknowledges, as soon as the test lets it. */
let collector: Server;
let collectorUrl: string;
let release: (() => void) | undefined;
let isHeld = false;
let gateway: GatewayProcess | undefined;

beforeEach(async () => {
  isHeld = false;
  collector = createServer((request, response) => {
    request.resume();
    request.on("end", () => {
      const answer = (): void => void response.writeHead(200).end();
      if (isHeld && request.url === "/v1/logs") release = answer;
      else answer();
    });
  });
  await new Promise<void>((resolve) => collector.listen(0, "127.0.0.1", resolve));
  collectorUrl = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;
});
afterEach(async () => {
  await gateway?.end("SIGKILL");
  gateway = undefined;
  collector.closeAllConnections();
  await new Promise((resolve) => collector.close(resolve));
});

async function start(env: Record<string, string> = {}): Promise<GatewayProcess> {
  gateway = await startGatewayProcess({ otlpUrl: collectorUrl, apps: [shop] }, env);
  return gateway;
}

const beacon = (port: number, key = "shop-key-1"): Promise<Answered> =>
  send(port, { path: `/c/${key}`, body: LOG });

describe("the gateway's process", () => {
  it("takes a beacon, and tells its state to this machine whole and to others in a word", async () => {
    const { port, health, log } = await start();
    expect((await beacon(port)).status).toBe(204);
    expect(await health()).toMatchObject({
      status: "ok",
      apps: 1,
      config: { status: "ok" },
      requests: { accepted: 1 },
      spool: { waitingRecords: 0 },
    });
    const outside = await fetch(`http://127.0.0.1:${port}/healthz`, {
      headers: { "x-forwarded-for": "203.0.113.1" },
    });
    expect(await outside.json()).toEqual({ status: "ok" });
    expect(log()).toContain("runs on port");
  });

  it("takes new keys and the kill switch from a file that changed, without a signal", async () => {
    const { port, configure, log } = await start();
    configure({
      version: 1,
      port,
      otlpUrl: collectorUrl,
      apps: [{ ...shop, keys: ["new-key-22"] }],
    });
    await waitUntil("the new key", async () => (await beacon(port, "new-key-22")).status === 204);
    expect((await beacon(port)).reason).toBe("unknown_key");
    configure({ version: 1, port, otlpUrl: collectorUrl, apps: [{ ...shop, enabled: false }] });
    await waitUntil("the old key", async () => (await beacon(port)).status === 204);
    expect(log()).toContain("settings read again: 1 app");
  });

  it("goes on with what it had when the new file is broken, at a SIGHUP too, and says so", async () => {
    const { port, configure, log, child, health } = await start();
    configure('{"apps": [{"serviceName": "shop-web", "keys": ["shop-key-1"], "origins": ["*"]}]');
    child.kill("SIGHUP");
    await waitUntil("the fault in the log", async () => log().includes("stay in use"));
    expect((await beacon(port)).status).toBe(204);
    expect(await health()).toMatchObject({
      config: { status: "faults", faults: [expect.stringContaining("gateway.json:1:")] },
    });
  });

  it("answers what is under way before it ends on SIGTERM, and takes nothing new", async () => {
    isHeld = true;
    const { port, child } = await start();
    const underWay = beacon(port);
    await waitUntil("the beacon to be at the collector", async () => release !== undefined);
    const code = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGTERM");
    await waitUntil("the door to be closed", () =>
      beacon(port).then(
        ({ status }) => status === 503,
        () => true,
      ),
    );
    isHeld = false;
    release?.();
    expect((await underWay).status).toBe(204);
    expect(await code).toBe(0);
  });

  it("makes a secret where none is given, and shows it nowhere", async () => {
    const { port, folder: data, log } = await start();
    await beacon(port);
    const secret = readFileSync(join(data, "secrets/user-secret"), "utf8").trim();
    expect(secret).toMatch(/^[0-9a-f]{48}$/);
    expect(log()).not.toContain(secret);
  });

  it("makes none where one is given", async () => {
    const { folder: data } = await start({ SIGHTLINE_USER_SECRET: "given by the environment" });
    expect(existsSync(join(data, "secrets/user-secret"))).toBe(false);
  });
});

describe("the command", () => {
  it("tells every fault of its settings and ends with 3", async () => {
    const file = join(folder, "faulty.json");
    writeFileSync(file, '{"port": 0,\n"maxDepht": 3}');
    const { code, output } = await runToEnd(["--config", file]);
    expect(code).toBe(3);
    expect(output).toContain("faulty.json:1:10 port: expected a TCP port");
    expect(output).toContain(
      'faulty.json:2:1: "maxDepht" is not a setting: did you mean "maxDepth"?',
    );
  });

  it("only looks at the settings with --check", async () => {
    const file = join(folder, "good.json");
    writeFileSync(file, JSON.stringify({ apps: [shop] }));
    expect(await runToEnd(["--check", "--config", file])).toEqual({
      code: 0,
      output: `${file}: no faults\n`,
    });
  });

  it("says what stands in the way of its port and ends with 1", async () => {
    const { port } = collector.address() as AddressInfo;
    const env = { SIGHTLINE_PORT_GATEWAY: String(port), SIGHTLINE_DATA: folder };
    const { code, output } = await runToEnd([], env);
    expect(code).toBe(1);
    expect(output).toContain(`cannot listen on 127.0.0.1:${port}`);
  });

  it("refuses what it does not know with 64", async () => {
    expect((await runToEnd(["--prot", "1"])).code).toBe(64);
    expect((await runToEnd(["--help"])).output).toContain("Usage: sightline-gateway");
  });
});
