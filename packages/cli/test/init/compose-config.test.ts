import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { findCompose } from "../../../../test/docker/compose.ts";
import { run } from "../../src/run.ts";
import { recordIo } from "../support/io.ts";
import { tempDirectory } from "../support/temp.ts";
import { fill, MONOREPO, SHOP } from "./projects.ts";

interface ServiceConfig {
  readonly networks?: Readonly<Record<string, { readonly aliases?: readonly string[] } | null>>;
  readonly environment?: Readonly<Record<string, string | null>>;
  readonly depends_on?: Readonly<Record<string, unknown>>;
  readonly volumes?: readonly {
    readonly type: string;
    readonly source: string;
    readonly target: string;
  }[];
  readonly ports?: readonly { readonly host_ip?: string }[];
  readonly secrets?: readonly { readonly target?: string }[];
}

interface Config {
  readonly services: Readonly<Record<string, ServiceConfig>>;
  readonly secrets?: Readonly<Record<string, { readonly file: string }>>;
  readonly volumes?: Readonly<Record<string, unknown>>;
}

let compose: ReturnType<typeof findCompose> = { reason: "not looked for yet" };

/** Compose itself puts the files together; it fails where they do not fit. */
async function composed(
  files: Readonly<Record<string, string>>,
  args: readonly string[] = [],
): Promise<{ config: Config; root: string; data: string }> {
  const root = join(tempDirectory(), "shop");
  // Compose would take a variable and a comment out of a path that is not quoted.
  const data = join(tempDirectory(), "a $HOME #b");
  mkdirSync(root);
  fill(root, files);
  const io = recordIo({ SIGHTLINE_DATA: data, HOME: "/nowhere" });
  expect([await run(["init", root, "--yes", "--json", ...args], io), io.stderr()]).toEqual([0, ""]);
  const { composeFiles } = JSON.parse(io.stdout()) as { composeFiles: readonly string[] };
  const named = [...composeFiles, "compose.sightline.yml"].flatMap((file) => ["-f", file]);
  const program = "path" in compose ? compose.path : "";
  const options = { cwd: root, encoding: "utf8" as const, env: { HOME: data, PATH: "" } };
  const text = execFileSync(program, [...named, "config", "--format", "json"], options);
  // It writes a dollar sign twice, so that what it prints can be read by it again.
  return { config: JSON.parse(text.replaceAll("$$", () => "$")) as Config, root, data };
}

describe("what init writes, as Compose takes it", () => {
  beforeAll(() => {
    compose = findCompose();
  }, 600_000);

  it("is the stack and the agent beside the services of a project", async ({ skip }) => {
    skip("reason" in compose, "reason" in compose ? compose.reason : "");
    const { config, root, data } = await composed(SHOP);
    const names = Object.keys(config.services);
    expect(names).toEqual(expect.arrayContaining(["api", "db", "web", "nginx"]));
    expect(names).toEqual(
      expect.arrayContaining(
        ["agent", "docker-proxy", "loki", "prometheus", "collector", "grafana", "tempo"].map(
          (name) => `sightline-${name}`,
        ),
      ),
    );
    // Theirs is as it was.
    expect(config.services["api"]).toMatchObject({ networks: { default: null } });
    const agent = config.services["sightline-agent"];
    expect(agent?.networks).toMatchObject({
      sightline: { aliases: ["agent"] },
      "sightline-docker-api": { aliases: ["agent"] },
    });
    expect(agent?.environment).toMatchObject({ DOCKER_HOST: "tcp://docker-proxy:2375" });
    expect(agent?.volumes).toContainEqual(
      expect.objectContaining({
        source: join(root, ".sightline/agent.json"),
        target: agent?.environment?.["SIGHTLINE_AGENT_CONFIG"],
      }),
    );
    // Everything that a container is to read is there, and the secrets are outside of the project.
    for (const [name, { volumes = [] }] of Object.entries(config.services)) {
      if (!name.startsWith("sightline-")) continue;
      const files = volumes.filter(({ type, source }) => type === "bind" && source.includes(root));
      for (const { source } of files) expect(readable(source), source).toBe(true);
    }
    const secretFiles = Object.values(config.secrets ?? {}).map(({ file }) => file);
    expect(secretFiles.length).toBe(2);
    for (const file of secretFiles) {
      expect(file.startsWith(data)).toBe(true);
      expect(readFileSync(file, "utf8").length).toBeGreaterThan(20);
    }
    expect(config.services["sightline-grafana"]?.secrets?.map(({ target }) => target)).toEqual([
      "grafana_admin_password",
      "grafana_secret_key",
    ]);
  });

  it("publishes on 127.0.0.1 alone, the TLS entry excepted", async ({ skip }) => {
    skip("reason" in compose, "reason" in compose ? compose.reason : "");
    const { config } = await composed({});
    const ports = Object.values(config.services).flatMap((service) => service.ports ?? []);
    expect(ports.length).toBeGreaterThan(8);
    expect([...new Set(ports.map((port) => port.host_ip))]).toEqual(["127.0.0.1"]);
  });

  it("meets no name of a project that has a grafana, a caddy and a volume of its own", async ({
    skip,
  }) => {
    skip("reason" in compose, "reason" in compose ? compose.reason : "");
    const { config } = await composed(MONOREPO);
    expect(config.services["grafana"]?.volumes).toMatchObject([{ source: "grafana-data" }]);
    expect(config.services["sightline-grafana"]?.volumes).toContainEqual(
      expect.objectContaining({ source: "sightline-grafana-data" }),
    );
    expect(Object.keys(config.volumes ?? {})).toEqual(
      expect.arrayContaining(["grafana-data", "sightline-grafana-data"]),
    );
    expect(config.services["sightline-loki"]?.networks).toEqual({
      sightline: { aliases: ["loki"] },
    });
    expect(Object.keys(config.services["sightline-collector"]?.depends_on ?? {})).toEqual([
      "sightline-volume-owner",
    ]);
  });

  it("adds what a service with @sightline/node needs and keeps its networks", async ({ skip }) => {
    skip("reason" in compose, "reason" in compose ? compose.reason : "");
    const { config } = await composed(MONOREPO);
    expect(config.services["orders"]).toMatchObject({
      environment: {
        SIGHTLINE_LOGS: "stdout",
        OTEL_SERVICE_NAME: "orders",
        OTEL_EXPORTER_OTLP_ENDPOINT: "http://sightline-collector:4318",
      },
    });
    expect(Object.keys(config.services["orders"]?.networks ?? {}).sort()).toEqual([
      "back",
      "sightline-otlp",
    ]);
    expect(Object.keys(config.services["sightline-collector"]?.networks ?? {}).sort()).toEqual([
      "sightline",
      "sightline-otlp",
    ]);
    expect(config.services["mail"]?.environment ?? {}).toEqual({});
  });

  it("with the stack elsewhere is the agent and its proxy alone", async ({ skip }) => {
    skip("reason" in compose, "reason" in compose ? compose.reason : "");
    const url = "https://observe.example.org:4319";
    const { config } = await composed(SHOP, ["--agent-only", "--otlp-url", url]);
    const ours = Object.keys(config.services).filter((name) => name.startsWith("sightline-"));
    expect(ours.sort()).toEqual(["sightline-agent", "sightline-docker-proxy"]);
    expect(config.services["sightline-agent"]?.environment).toMatchObject({
      OTEL_EXPORTER_OTLP_ENDPOINT: url,
    });
    expect(config.secrets ?? {}).toEqual({});
  });
});

function readable(path: string): boolean {
  try {
    readFileSync(path);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EISDIR";
  }
}
