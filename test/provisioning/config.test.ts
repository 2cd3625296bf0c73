import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import {
  GRAFANA_UID,
  KINDS,
  LOKI_LABEL,
  LOKI_LIMIT,
  METRIC,
  PORT,
  RESOURCE,
} from "@sightline/core";
import { describe, expect, it } from "vitest";
import { repositoryRoot } from "../harness/stack.ts";

const provisioning = join(repositoryRoot, "provisioning");
const cache = join(process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "sightline");
const compose = readFileSync(join(repositoryRoot, "docker-compose.yml"), "utf8");
const read = (path: string): string => readFileSync(join(provisioning, path), "utf8");

/** The binary of the version in docker-compose.yml, where the embedded stack has built it. */
function binary(tool: string, repository: string, name: string): string {
  const tag = new RegExp(`image: ${repository}:v?(\\S+)`).exec(compose)?.[1];
  if (tag === undefined) throw new Error(`no image "${repository}" in docker-compose.yml`);
  return join(cache, tool, tag, name);
}

interface Check {
  readonly what: string;
  readonly binary: string;
  readonly args: readonly string[];
}

const collector = binary("collector", "otel/opentelemetry-collector-contrib", "otelcol");
const collectorConfig = `--config=${join(provisioning, "collector/config.yaml")}`;
const CHECKS: readonly Check[] = [
  {
    what: "Loki",
    binary: binary("loki", "grafana/loki", "loki"),
    args: [
      `-config.file=${join(provisioning, "loki/config.yaml")}`,
      "-config.expand-env=true",
      "-verify-config",
    ],
  },
  {
    what: "Prometheus",
    binary: binary("prometheus", "prom/prometheus", "promtool"),
    args: ["check", "config", join(provisioning, "prometheus/prometheus.yml")],
  },
  {
    what: "Alertmanager",
    binary: binary("alertmanager", "prom/alertmanager", "amtool"),
    args: ["check-config", join(provisioning, "alertmanager/alertmanager.yml")],
  },
  {
    what: "blackbox",
    binary: binary("blackbox", "prom/blackbox-exporter", "blackbox_exporter"),
    args: ["--config.check", `--config.file=${join(provisioning, "blackbox/blackbox.yml")}`],
  },
  { what: "the collector", binary: collector, args: ["validate", collectorConfig] },
  {
    what: "the collector with Tempo",
    binary: collector,
    args: ["validate", collectorConfig, `--config=${join(provisioning, "collector/tempo.yaml")}`],
  },
  {
    what: "Caddy",
    binary: binary("caddy", "caddy", "caddy"),
    args: ["validate", "--adapter=caddyfile", `--config=${join(provisioning, "caddy/Caddyfile")}`],
  },
];

describe("each server's own checker", () => {
  for (const check of CHECKS) {
    const missing = !existsSync(check.binary);
    const name = `accepts the configuration of ${check.what}`;
    it.skipIf(missing)(
      missing ? `${name} (not built; \`npm test\` builds it where Go is)` : name,
      () => {
        // Throws with the checker's words when it ends with anything but 0.
        execFileSync(check.binary, check.args, { stdio: "pipe", timeout: 60_000 });
      },
    );
  }
});

describe("names", () => {
  it("makes exactly the four labels of conventions.ts from resource attributes", () => {
    const list = /action: index_label\s+attributes:\s+((?:- \S+\s+)+)/.exec(
      read("loki/config.yaml"),
    );
    const attributes = list?.[1]?.match(/[\w.]+(?=\s)/g) ?? [];
    expect(attributes.map((name) => name.replaceAll(".", "_")).sort()).toEqual(
      Object.values(LOKI_LABEL).sort(),
    );
  });

  it("lets the collector pass exactly the kinds of conventions.ts", () => {
    const kinds = /log\.attributes\["kind"\], "\^\(([^)]+)\)/.exec(read("collector/config.yaml"));
    expect(kinds?.[1]?.split("|").sort()).toEqual([...KINDS].sort());
  });

  it("keeps own time inside the window that senders are told", () => {
    const config = read("collector/config.yaml");
    const hours = new Set([...config.matchAll(/Now\(\) - Duration\("(\d+)h"\)/g)].map((m) => m[1]));
    const minutes = new Set(
      [...config.matchAll(/Now\(\) \+ Duration\("(\d+)m"\)/g)].map((m) => m[1]),
    );
    expect(hours).toEqual(new Set([String(LOKI_LIMIT.maxAgeMillis / 3_600_000)]));
    expect(minutes).toEqual(new Set([String(LOKI_LIMIT.maxFutureMillis / 60_000)]));
  });

  it("counts spans under the name that everybody reads", () => {
    expect(read("collector/config.yaml")).toContain(`set(metric.name, "${METRIC.spansAccepted}")`);
  });

  it("promotes only resource attributes that have a name of ours", () => {
    const list = /promote_resource_attributes:\s+((?:- \S+\s+)+)/.exec(
      read("prometheus/prometheus.yml"),
    );
    const promoted = list?.[1]?.match(/[\w.]+(?=\s)/g) ?? [];
    expect(promoted).toContain(RESOURCE.serviceName);
    expect(promoted.filter((name) => !Object.values<string>(RESOURCE).includes(name))).toEqual([]);
    // New with every start: each would be a set of new series.
    expect(promoted).not.toContain(RESOURCE.processPid);
    expect(promoted).not.toContain(RESOURCE.containerId);
  });

  it("gives the data sources of Grafana their fixed uids, and links only to those", () => {
    const text = read("grafana/datasources/sightline.yaml");
    const { loki, prometheus, tempo, alertmanager } = GRAFANA_UID;
    const uids: string[] = [loki, prometheus, tempo, alertmanager];
    expect([...text.matchAll(/^ {4}uid: (\S+)/gm)].map((match) => match[1])).toEqual(uids);
    const links = [...text.matchAll(/(?:datasourceUid|alertmanagerUid): (\S+)/g)].map(
      (match) => match[1] ?? "",
    );
    expect(links.length).toBeGreaterThan(0);
    expect(links.filter((uid) => !uids.some((known) => known === uid))).toEqual([]);
  });
});

/** What `up` itself reads, and what a file laid over docker-compose.yml brings with remote.yaml. */
const NOT_IN_COMPOSE = /^SIGHTLINE_(?:AGENT|GATEWAY|REMOTE_\w+)$/;

const AGENT_DEFAULTS_ITSELF = new Set(["SIGHTLINE_HOST", "SIGHTLINE_ENVIRONMENT"]);

describe("settings", () => {
  const readme = read("README.md");
  const cellsOf = (row: string): string[] => row.split(/(?<!\\)\|/).map((cell) => cell.trim());
  const variables = (text: string): string[] => text.match(/SIGHTLINE_[A-Z_]+/g) ?? [];

  it("reach the containers, unless they are for the embedded stack only", () => {
    const section = readme.split("## Environment")[1]?.split("\n## ")[0] ?? "";
    const rows = [...section.matchAll(/^\|.*`SIGHTLINE_.*$/gm)].map(([row]) => cellsOf(row));
    const expected = rows
      .filter((cells) => !cells[3]?.includes("embedded only"))
      .flatMap((cells) => cells.flatMap((cell) => variables(cell)));
    expect(expected.length).toBeGreaterThan(30);
    const handedOn = new Set(variables(compose.replaceAll(/#.*$/gm, "")));
    const missing = expected.filter((name) => !handedOn.has(name));
    expect(missing.filter((name) => !NOT_IN_COMPOSE.test(name))).toEqual([]);
  });

  it("have the same default in docker-compose.yml as in the servers' files", () => {
    const files = ["loki/config.yaml", "collector/config.yaml", "collector/tempo.yaml"];
    const texts = [...files, "tempo/tempo.yaml"].map(read).join("\n");
    const inFiles = new Map(
      [...texts.matchAll(/\$\{(?:env:)?(SIGHTLINE_\w+):-([^}]*)\}/g)].map((m) => [m[1], m[2]]),
    );
    const both = [...compose.matchAll(/\$\{(SIGHTLINE_\w+):-([^}$]*)\}/g)].filter(
      // A container has more memory than the embedded collector is given; and the agent has defaults
      // of its own where it is handed an empty value.
      ([, name, value]) =>
        inFiles.has(name) &&
        name !== "SIGHTLINE_COLLECTOR_MEMORY_MIB" &&
        !(value === "" && AGENT_DEFAULTS_ITSELF.has(name ?? "")),
    );
    expect(both.length).toBeGreaterThanOrEqual(19);
    for (const [, name, value] of both)
      expect(`${name}=${value}`).toBe(`${name}=${inFiles.get(name)}`);
  });

  it("of memory are in the README as docker-compose.yml has them", () => {
    const rows = [...readme.matchAll(/^\| \w+ \| [\w-]+ \| \d+MiB .*$/gm)].map(([row]) =>
      cellsOf(row),
    );
    expect(rows).toHaveLength(8);
    for (const [, server, , goLimit, limit] of rows) {
      const block = new RegExp(`^  ${server}:\\n(?:(?:    .*)?\\n)+`, "m").exec(compose)?.[0];
      expect(block, server).toMatch(new RegExp(`GOMEMLIMIT: (\\$.*:-)?${goLimit}\\b`));
      expect(block, server).toMatch(new RegExp(`mem_limit: (\\$.*:-)?${limit}\\b`));
    }
  });

  it("give no web page a way to end or reload Prometheus", () => {
    expect(compose).not.toContain("--web.enable-lifecycle");
    expect(readme).not.toContain("--web.enable-lifecycle");
  });
});

describe("hosts and ports", () => {
  it("has no host name in Prometheus' configuration outside the target files", () => {
    expect(
      read("prometheus/prometheus.yml").match(/^[^#\n]*\b[a-z][\w.-]*:\d{2,5}\b.*$/gm),
    ).toBeNull();
  });

  it("writes each target as the name of a service in compose and a default port", () => {
    const folder = join(provisioning, "prometheus/targets");
    const targets = readdirSync(folder).flatMap((file) =>
      (JSON.parse(readFileSync(join(folder, file), "utf8")) as { targets: string[] }[]).flatMap(
        (group) => group.targets,
      ),
    );
    expect(targets.length).toBeGreaterThanOrEqual(5);
    for (const target of targets) {
      const [service, port] = target.split(":");
      expect(compose).toMatch(new RegExp(`^ {2}${service}:$`, "m"));
      expect(Object.values<number>(PORT)).toContain(Number(port));
    }
  });

  it("publishes every default port of conventions.ts under its variable, on 127.0.0.1 alone", () => {
    const published = [...compose.matchAll(/"([^"]*)\$\{SIGHTLINE_PORT_(\w+):-(\d+)\}:(\d+)"/g)];
    expect(published).toHaveLength(12);
    for (const [, address, name, outside, inside] of published) {
      expect(address).toBe("127.0.0.1:");
      expect(Number(outside)).toBe(PORT[name?.toLowerCase() as keyof typeof PORT]);
      expect(inside).toBe(outside);
    }
  });

  it("defaults to the ports of conventions.ts where a server reads them from the environment", () => {
    const texts = ["loki/config.yaml", "collector/config.yaml", "tempo/tempo.yaml"].map(read);
    const defaults = texts.flatMap((text) => [...text.matchAll(/SIGHTLINE_PORT_(\w+):-(\d+)/g)]);
    expect(defaults).toHaveLength(7);
    for (const [, name, port] of defaults) {
      expect(Number(port)).toBe(PORT[name?.toLowerCase() as keyof typeof PORT]);
    }
  });
});
