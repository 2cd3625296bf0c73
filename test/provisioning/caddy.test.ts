import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { homedir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freePortEnvironment } from "../harness/free-ports.ts";
import { repositoryRoot } from "../harness/stack.ts";
import { until } from "../harness/until.ts";

interface Seen {
  readonly upstream: string;
  readonly url: string | undefined;
  readonly headers: IncomingHttpHeaders;
}

const cache = join(process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "sightline");
const compose = readFileSync(join(repositoryRoot, "docker-compose.yml"), "utf8");
const version = /image: caddy:(\S+)/.exec(compose)?.[1] ?? "";
const caddy = join(cache, "caddy", version, "caddy");
const missing = !existsSync(caddy);

describe.skipIf(missing)(
  `the TLS entry${missing ? " (Caddy is not built; `npm test` builds it where Go is)" : ""}`,
  () => {
    let servers: Server[];
    let child: ChildProcess;
    let address: string;

    beforeAll(async () => {
      const [grafana, gateway] = await Promise.all([echo("grafana"), echo("gateway")]);
      servers = [grafana, gateway];
      const port = (await freePortEnvironment())["SIGHTLINE_PORT_BOARD"];
      address = `http://127.0.0.1:${port}`;
      const config = join(repositoryRoot, "provisioning/caddy/Caddyfile");
      child = spawn(caddy, ["run", "--adapter", "caddyfile", "--config", config], {
        // A plain address instead of a name: what is proved here is the routing, without certificates.
        env: {
          ...process.env,
          SIGHTLINE_DOMAIN: address,
          SIGHTLINE_GRAFANA_UPSTREAM: authorityOf(grafana),
          SIGHTLINE_GATEWAY_UPSTREAM: authorityOf(gateway),
        },
        stdio: "ignore",
      });
      await until("Caddy to answer", async () => (await fetch(address)).ok);
    });

    afterAll(async () => {
      if (child?.exitCode === null) {
        const ended = new Promise((resolve) => child.once("exit", resolve));
        child.kill("SIGTERM");
        await ended;
      }
      for (const server of servers ?? []) server.close();
    });

    const get = async (path: string, init: RequestInit = {}): Promise<Response> =>
      fetch(`${address}${path}`, init);

    it("sends / to Grafana and /sl/ to the gateway, without the prefix", async () => {
      expect(await (await get("/d/overview")).json()).toMatchObject({
        upstream: "grafana",
        url: "/d/overview",
      });
      expect(await (await get("/sl/c/key?a=1")).json()).toMatchObject({
        upstream: "gateway",
        url: "/c/key?a=1",
      });
    });

    it("tells the gateway the address that it sees, whatever the client says", async () => {
      for (const path of ["/sl/c/key", "/sl/b.js"]) {
        const headers = { "X-Forwarded-For": "203.0.113.7, 10.0.0.1", Origin: "https://a.example" };
        const seen = (await (await get(path, { headers })).json()) as Seen;
        expect(seen).toMatchObject({ upstream: "gateway", url: path.slice("/sl".length) });
        expect(seen.headers["x-forwarded-for"]).toBe("127.0.0.1");
        expect(seen.headers.origin).toBe("https://a.example");
      }
    });

    it("keeps inside what the stack's own parts ask of the gateway", async () => {
      for (const path of ["/sl/healthz", "/sl/hooks", "/sl/hooks/alerts", "/sl/../sl/healthz"]) {
        expect([path, (await get(path, { method: "POST" })).status]).toEqual([path, 404]);
      }
    });

    it("keeps metrics and debug pages inside", async () => {
      for (const path of ["/metrics", "/metrics/x", "/debug/pprof/"]) {
        expect((await get(path)).status).toBe(404);
      }
    });

    it("takes tenant and user headers from nobody", async () => {
      for (const path of ["/", "/sl/status"]) {
        const headers = { "X-Scope-OrgID": "other", "X-WEBAUTH-USER": "admin" };
        const seen = (await (await get(path, { headers })).json()) as Seen;
        expect(seen.headers).not.toHaveProperty("x-scope-orgid");
        expect(seen.headers).not.toHaveProperty("x-webauth-user");
      }
    });

    it("sets security headers, and lets nobody frame Grafana", async () => {
      const { headers } = await get("/");
      expect(headers.get("strict-transport-security")).toMatch(/max-age=\d+/);
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("x-frame-options")).toBe("SAMEORIGIN");
      expect(headers.get("server")).toBeNull();
    });

    it("refuses a body that is too large for the gateway", async () => {
      const body = new Uint8Array(7 * 1024 * 1024);
      const response = await get("/sl/r/key", { method: "POST", body });
      expect(response.status).toBe(413);
    });
  },
);

/** An upstream that answers with what it was asked, after it has read the whole body. */
function echo(upstream: string): Promise<Server> {
  const server = createServer((request, response) => {
    request.resume();
    request.on("end", () => {
      const seen: Seen = { upstream, url: request.url, headers: request.headers };
      response.end(JSON.stringify(seen));
    });
    request.on("error", () => response.destroy());
  });
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
}

function authorityOf(server: Server): string {
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}
