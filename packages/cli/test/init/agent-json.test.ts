import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readAgentConfig } from "../../../agent/src/config/read-config.ts";
import { run } from "../../src/run.ts";
import { recordIo } from "../support/io.ts";
import { tempDirectory } from "../support/temp.ts";
import { fill, SHOP } from "./projects.ts";

async function configOf(
  files: Readonly<Record<string, string>>,
  args: readonly string[] = [],
): Promise<{ config: unknown; notes: readonly string[] }> {
  const root = tempDirectory();
  fill(root, files);
  const io = recordIo({ SIGHTLINE_DATA: tempDirectory(), HOME: "/nowhere" });
  expect([await run(["init", root, "--yes", "--json", ...args], io), io.stderr()]).toEqual([0, ""]);
  const result = readAgentConfig({ path: join(root, ".sightline/agent.json"), env: {} });
  const { notes } = JSON.parse(io.stdout()) as { notes: readonly string[] };
  return { config: result.status === "ok" ? result.config : result.faults, notes };
}

const withServer = (lines: string): Readonly<Record<string, string>> => ({
  ...SHOP,
  "nginx/default.conf": `server {\n${lines}\n}\n`,
});

describe("agent.json, as the agent reads it", () => {
  it("counts the API's requests for the API, and not what is counted elsewhere already", async () => {
    const { config, notes } = await configOf(SHOP);
    expect(config).toMatchObject({
      version: 1,
      accessLogs: {
        split: [
          { from: "nginx", path: "/api/", service: "api" },
          { from: "nginx", path: "/", service: "nginx" },
        ],
      },
    });
    expect(notes.join("\n")).toContain(
      "nginx: requests to web are not taken from its lines: it prints access lines of its own",
    );
  });

  it("counts the API's requests behind a Caddy and a Traefik, too", async () => {
    const api = "api: {build: ./api}";
    const caddy = await configOf({
      "compose.yml": `services:\n  ${api}\n  edge: {image: "caddy:2", volumes: ["./Caddyfile:/etc/caddy/Caddyfile"]}\n`,
      "api/go.mod": "",
      Caddyfile: "shop.example.org {\n  reverse_proxy /api/* api:8080\n  file_server\n}\n",
    });
    expect(caddy.config).toMatchObject({
      accessLogs: { split: [{ from: "edge", path: "/api/", service: "api" }] },
    });
    const rule = '"traefik.http.routers.api.rule=Host(`a.org`)"';
    const traefik = await configOf({
      "compose.yml": `services:\n  api: {build: ./api, labels: [${rule}]}\n  edge: {image: "traefik:v3"}\n`,
      "api/go.mod": "",
    });
    expect(traefik.config).toMatchObject({
      accessLogs: { split: [{ from: "edge", host: "a.org", path: "/", service: "api" }] },
    });
  });

  it("splits nothing for a service with @sightline/node, which measures its requests", async () => {
    const { "api/go.mod": _, ...rest } = SHOP;
    const dependencies = { express: "5.1.0", "@sightline/node": "0.1.0" };
    const { config, notes } = await configOf({
      ...rest,
      "api/package.json": JSON.stringify({ dependencies }),
    });
    expect(config).toMatchObject({ accessLogs: { split: [] } });
    expect(notes.join("\n")).toContain("requests to api are not taken from its lines: @sightline");
  });

  it.each([
    ["a regular expression", "location ~ ^/api { proxy_pass http://api:8080; }"],
    ["a variable", "location / { proxy_pass http://$upstream; }"],
    ["a service that is not here", "location / { proxy_pass http://elsewhere; }"],
  ])("splits nothing, and says so, where the proxy has %s", async (_, lines) => {
    const { config, notes } = await configOf(withServer(lines));
    expect(config).toMatchObject({ accessLogs: { split: [] } });
    expect(notes.join("\n")).toContain("nginx: its requests are not split");
  });

  it("names a central collector and the token it asks for, as a reference", async () => {
    const url = "https://observe.example.org:4319";
    expect((await configOf({}, ["--agent-only", "--otlp-url", `${url}/`])).config).toMatchObject({
      otlp: { url, headers: { authorization: "Bearer ${file:/etc/sightline/token}" } },
    });
    const plain = ["--agent-only", "--otlp-url", "http://10.0.0.1:4318"];
    expect((await configOf({}, plain)).config).toMatchObject({
      otlp: { url: "http://10.0.0.1:4318", headers: {} },
    });
  });
});
