import { mkdirSync, realpathSync, symlinkSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { describe, expect, it } from "vitest";
import { createContext } from "../../src/context.ts";
import { composeArguments, composeEnvironment, projectName } from "../../src/docker/project.ts";
import { readPaths } from "../../src/stack/paths.ts";
import { recordIo } from "../support/io.ts";
import { tempDirectory } from "../support/temp.ts";

const nameOf = (env: NodeJS.ProcessEnv): string => projectName(readPaths(env), env);
const contextOf = (env: NodeJS.ProcessEnv) => createContext(recordIo({ HOME: "/home/a", ...env }));

describe("the Compose project of a stack", () => {
  it("is sightline for the default data directory, also where that is written out", () => {
    expect(nameOf({ HOME: "/home/a" })).toBe("sightline");
    const data = "/home/a/.local/share/sightline";
    expect(nameOf({ HOME: "/home/a", SIGHTLINE_DATA: data })).toBe("sightline");
  });

  it("is another one for every other data directory, however it is reached", () => {
    const root = realpathSync(tempDirectory());
    mkdirSync(join(root, "one"));
    symlinkSync("one", join(root, "link"));
    const of = (data: string): string =>
      nameOf({ HOME: "/home/a", SIGHTLINE_DATA: join(root, data) });
    expect(of("one")).toMatch(/^sightline-[0-9a-f]{8}$/);
    expect(of("link")).toBe(of("one"));
    expect(of("two")).not.toBe(of("one"));
  });

  it("is the same for a user with a home and one without", () => {
    const data = join(tempDirectory(), "data");
    expect(nameOf({ SIGHTLINE_DATA: data, XDG_CACHE_HOME: "/c" })).toBe(
      nameOf({ HOME: "/home/a", SIGHTLINE_DATA: data }),
    );
  });
});

describe("a call of Compose", () => {
  it("names its project and files, and reads no .env", () => {
    const context = contextOf({ SIGHTLINE_DATA: "/srv/other" });
    const { assets } = context.paths;
    expect(composeArguments(context, ["ps"])).toEqual([
      ...["--project-name", projectName(context.paths, context.io.env)],
      ...["--project-directory", assets],
      ...["--file", join(assets, "docker-compose.yml")],
      ...["--env-file", "/dev/null"],
      "ps",
    ]);
  });

  it("starts Caddy only where it has a name to serve, and ends it in any case", () => {
    const profiles = (env: NodeJS.ProcessEnv, ...args: string[]): boolean =>
      composeArguments(contextOf(env), args).join(" ").includes("--profile tls");
    expect(profiles({}, "up", "-d")).toBe(false);
    expect(profiles({ SIGHTLINE_DOMAIN: "observe.example.org" }, "up", "-d")).toBe(true);
    expect(profiles({}, "down")).toBe(true);
  });

  it("starts the agent's containers only where they are asked for, and ends them in any case", () => {
    const profiles = (env: NodeJS.ProcessEnv, ...args: string[]): boolean =>
      composeArguments(contextOf(env), args).join(" ").includes("--profile agent");
    expect(profiles({}, "up", "-d")).toBe(false);
    expect(profiles({ SIGHTLINE_AGENT: "off" }, "up", "-d")).toBe(false);
    expect(profiles({ SIGHTLINE_AGENT: "container" }, "up", "-d")).toBe(true);
    expect(profiles({}, "down")).toBe(true);
    expect(() => profiles({ SIGHTLINE_AGENT: "yes" }, "up")).toThrow(
      'SIGHTLINE_AGENT: expected one of "process", "container", "off", got "yes"',
    );
  });

  it("sees no variable of Compose itself, and our folders and ports", () => {
    const env = composeEnvironment(
      contextOf({
        COMPOSE_FILE: "other.yml",
        COMPOSE_PROJECT_NAME: "shop",
        COMPOSE_PROFILES: "everything",
        DOCKER_HOST: "unix:///run/other.sock",
        SIGHTLINE_PROVISIONING: "/srv/provisioning",
        SIGHTLINE_PORT_LOKI: "13100",
        SIGHTLINE_LOG_RETENTION: "48h",
      }),
    );
    expect(Object.keys(env).filter((name) => name.startsWith("COMPOSE_"))).toEqual([]);
    expect(env).toMatchObject({
      DOCKER_HOST: "unix:///run/other.sock",
      SIGHTLINE_PROVISIONING: "/srv/provisioning",
      SIGHTLINE_PORT_LOKI: "13100",
      SIGHTLINE_PORT_GRAFANA: "3300",
      SIGHTLINE_LOG_RETENTION: "48h",
      SIGHTLINE_SECRETS: "/home/a/.local/share/sightline/secrets",
    });
  });

  it("lays the user's override over our file, wherever it is called from", () => {
    const file = join(tempDirectory(), "mine.yml");
    writeFileSync(file, "services: {}\n");
    for (const given of [file, relative(process.cwd(), file)]) {
      const args = composeArguments(contextOf({ SIGHTLINE_COMPOSE_OVERRIDE: given }), ["ps"]);
      const files = args.filter((_, index) => args[index - 1] === "--file");
      expect(files.slice(1)).toEqual([file]);
    }
  });

  it("says so where the override is not there", () => {
    const context = contextOf({ SIGHTLINE_COMPOSE_OVERRIDE: "/nowhere/mine.yml" });
    expect(() => composeArguments(context, ["ps"])).toThrow(
      'SIGHTLINE_COMPOSE_OVERRIDE is "/nowhere/mine.yml", and there is no file "/nowhere/mine.yml"',
    );
  });
});
