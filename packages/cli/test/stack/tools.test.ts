import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PORT } from "@sightline/core";
import { describe, expect, it } from "vitest";
import { readPaths } from "../../src/stack/paths.ts";
import { healthUrl, TOOLS, type Tool, toolEnvironment } from "../../src/stack/tools.ts";

const root = join(import.meta.dirname, "../../../..");
const compose = readFileSync(join(root, "docker-compose.yml"), "utf8");

/** Prometheus 3.16.0 is module v0.316.0: its Go modules have no version 3. */
function moduleVersions(version: string): string[] {
  const [major, minor, patch] = version.split(".");
  return [`v${version}`, `v0.${major}${minor?.padStart(2, "0")}.${patch}`];
}

const mainModule: Readonly<Record<Tool["name"], string>> = {
  loki: "github.com/grafana/loki/v3",
  prometheus: "github.com/prometheus/prometheus",
  alertmanager: "github.com/prometheus/alertmanager",
  blackbox: "github.com/prometheus/blackbox_exporter",
  collector: "go.opentelemetry.io/collector/receiver/otlpreceiver",
};

const image: Readonly<Record<Tool["name"], string>> = {
  loki: "grafana/loki",
  prometheus: "prom/prometheus",
  alertmanager: "prom/alertmanager",
  blackbox: "prom/blackbox-exporter",
  collector: "otel/opentelemetry-collector-contrib",
};

describe.each(TOOLS)("the row of $name", (tool) => {
  it("names the version that its recipe pins", () => {
    const recipe = readFileSync(join(root, "scripts/stack", tool.name, "go.mod"), "utf8");
    const line = new RegExp(`^(?:require)?\\s*${mainModule[tool.name]} (v\\S+)`, "m").exec(recipe);
    expect(moduleVersions(tool.version)).toContain(line?.[1]);
    expect(readFileSync(join(root, "scripts/stack", tool.name, "go.sum"), "utf8")).toContain(
      `${mainModule[tool.name]} ${line?.[1]} h1:`,
    );
  });

  it("names the version of its image in docker-compose.yml", () => {
    const tags = [...compose.matchAll(/^\s+image: (\S+):(\S+)$/gm)]
      .filter(([, name]) => name === image[tool.name])
      .map(([, , tag]) => tag?.replace(/^v/, ""));
    expect(new Set(tags)).toEqual(new Set([tool.version]));
  });

  it("builds the binary that it starts, and has a health check on a port of its own", () => {
    expect(Object.keys(tool.build.binaries)).toContain(tool.binary);
    expect(tool.ports.every((port) => port in PORT)).toBe(true);
    expect(tool.ports).toContain(tool.healthPort ?? tool.ports[0]);
    expect(URL.canParse(healthUrl(tool, PORT))).toBe(true);
  });

  it("tells the server where it is itself, whatever the data directory is called", () => {
    const paths = readPaths({ HOME: "/home/a", SIGHTLINE_DATA: "/my data" });
    const context = { paths, ports: { ...PORT, loki: 13_100 }, host: "vm" };
    expect(toolEnvironment(tool, context)).toMatchObject({
      SIGHTLINE_LISTEN_HOST: "127.0.0.1",
      SIGHTLINE_STORE_DIR: `/my data/stack/stores/${tool.name}`,
      SIGHTLINE_LOKI_URL: "http://127.0.0.1:13100",
      SIGHTLINE_PORT_LOKI: "13100",
      SIGHTLINE_HOST: "vm",
    });
    expect(tool.args(context).filter((arg) => arg.includes("/my data")).length).toBeGreaterThan(0);
  });
});

describe("the table of servers", () => {
  it("gives no name and no port twice", () => {
    const names = TOOLS.map(({ name }) => name);
    const ports = TOOLS.flatMap((tool) => tool.ports);
    expect(new Set(names).size).toBe(names.length);
    expect(new Set(ports).size).toBe(ports.length);
  });

  it("can be started in order: each waits for servers that exist, and none for itself", () => {
    const started = new Set<string>();
    let waiting = [...TOOLS];
    while (waiting.length > 0) {
      const ready = waiting.filter((tool) => tool.after.every((name) => started.has(name)));
      expect(ready.map(({ name }) => name)).not.toEqual([]);
      for (const { name } of ready) started.add(name);
      waiting = waiting.filter((tool) => !started.has(tool.name));
    }
  });
});
