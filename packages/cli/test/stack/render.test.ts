import {
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { PORT } from "@sightline/core";
import { beforeEach, describe, expect, it } from "vitest";
import { type Paths, readPaths } from "../../src/stack/paths.ts";
import { digestConfig, localTargets, renderConfig } from "../../src/stack/render.ts";
import { TOOLS, type Tool } from "../../src/stack/tools.ts";
import { tempDirectory } from "../support/temp.ts";

const ports = { ...PORT, loki: 13_100, prometheus: 19_090 };

describe("targets of the embedded stack", () => {
  it.each([
    { what: "a server of ours", targets: ["loki:3100"], local: ["127.0.0.1:13100"] },
    { what: "a second port of a server", targets: ["collector:8888"], local: ["127.0.0.1:8888"] },
    {
      what: "a foreign host on a port of ours",
      targets: ["db.example.com:3100"],
      local: ["db.example.com:3100"],
    },
    { what: "another port of a server", targets: ["loki:9999"], local: ["loki:9999"] },
    { what: "a URL", targets: ["https://example.com/"], local: ["https://example.com/"] },
  ])("$what", ({ targets, local }) => {
    const text = JSON.stringify([{ targets, labels: { job: "x" } }]);
    expect(JSON.parse(localTargets(text, ports))).toEqual([
      { targets: local, labels: { job: "x" } },
    ]);
  });

  it("leave out what only Docker brings, and the group that is empty then", () => {
    const text = JSON.stringify([
      { targets: ["tempo:3200", "grafana:3300"] },
      { targets: ["tempo:3200", "loki:3100"] },
    ]);
    expect(JSON.parse(localTargets(text, ports))).toEqual([{ targets: ["127.0.0.1:13100"] }]);
  });
});

describe("the configuration of a server", () => {
  const tool = TOOLS.find(({ name }) => name === "prometheus") as Tool;
  let paths: Paths;
  const source = (file: string): string => join(paths.provisioning, "prometheus", file);
  const target = (file: string): string => join(paths.config, "prometheus", file);
  const write = (file: string, text: string): void => {
    mkdirSync(dirname(source(file)), { recursive: true });
    writeFileSync(source(file), text);
  };

  beforeEach(() => {
    const root = tempDirectory();
    paths = readPaths({
      HOME: root,
      SIGHTLINE_DATA: join(root, "data"),
      SIGHTLINE_PROVISIONING: join(root, "provisioning"),
    });
    write("prometheus.yml", "a: 1\n");
    write("rules/a.yml", "groups: []\n");
    write("targets/stack.json", '[{"targets":["loki:3100"]}]');
    renderConfig(paths, tool, ports);
  });

  it("is copied, and only target files are changed", () => {
    expect(readFileSync(target("prometheus.yml"), "utf8")).toBe("a: 1\n");
    expect(readFileSync(target("rules/a.yml"), "utf8")).toBe("groups: []\n");
    expect(readFileSync(target("targets/stack.json"), "utf8")).toContain("127.0.0.1:13100");
    expect(statSync(target("prometheus.yml")).mode & 0o777).toBe(0o600);
  });

  it("is not touched where it stays the same", () => {
    const seen = (file: string): unknown => {
      const { ino, mtimeNs } = statSync(target(file), { bigint: true });
      return { ino, mtimeNs };
    };
    const before = {
      main: seen("prometheus.yml"),
      targets: seen("targets/stack.json"),
      rules: seen("rules/a.yml"),
    };
    write("rules/a.yml", "groups: [] # changed\n");
    renderConfig(paths, tool, ports);
    expect(seen("prometheus.yml")).toEqual(before.main);
    expect(seen("targets/stack.json")).toEqual(before.targets);
    expect(seen("rules/a.yml")).not.toEqual(before.rules);
  });

  it("loses the file that vanished at its source", () => {
    rmSync(source("rules/a.yml"));
    renderConfig(paths, tool, ports);
    expect(existsSync(target("rules/a.yml"))).toBe(false);
    expect(existsSync(target("prometheus.yml"))).toBe(true);
  });

  it("takes a file that is a symbolic link, and leaves out one that leads nowhere", () => {
    writeFileSync(join(paths.provisioning, "shared.yml"), "shared: true\n");
    symlinkSync("../../shared.yml", source("rules/shared.yml"));
    symlinkSync("nowhere.yml", source("rules/broken.yml"));
    renderConfig(paths, tool, ports);
    expect(readFileSync(target("rules/shared.yml"), "utf8")).toBe("shared: true\n");
    expect(existsSync(target("rules/broken.yml"))).toBe(false);
  });

  it("has another digest when one byte of it changes, and the same otherwise", () => {
    const before = digestConfig(paths, tool);
    expect(renderConfig(paths, tool, ports)).toEqual([]);
    expect(digestConfig(paths, tool)).toBe(before);
    write("prometheus.yml", "a: 2\n");
    expect(renderConfig(paths, tool, ports)).toEqual(["prometheus.yml"]);
    expect(digestConfig(paths, tool)).not.toBe(before);
  });

  it("has the same digest when only rules or targets change, for which nothing restarts", () => {
    const before = digestConfig(paths, tool);
    write("rules/a.yml", "groups: [ ]\n");
    write("targets/stack.json", '[{"targets":["loki:3100","prometheus:9090"]}]');
    expect(renderConfig(paths, tool, ports)).toEqual(["rules/a.yml", "targets/stack.json"]);
    expect(digestConfig(paths, tool)).toBe(before);
  });

  it("has what was applied over what is provisioned, also for the next up", () => {
    const applied = (file: string): string => join(paths.applied, "prometheus", file);
    mkdirSync(dirname(applied("rules/a.yml")), { recursive: true });
    writeFileSync(applied("rules/a.yml"), "groups: [] # applied\n");
    writeFileSync(applied("rules/b.yml"), "groups: [] # new\n");
    expect(renderConfig(paths, tool, ports)).toEqual(["rules/a.yml", "rules/b.yml"]);
    expect(readFileSync(target("rules/a.yml"), "utf8")).toBe("groups: [] # applied\n");
    expect(renderConfig(paths, tool, ports)).toEqual([]);
    rmSync(applied("rules/a.yml"));
    rmSync(applied("rules/b.yml"));
    renderConfig(paths, tool, ports);
    expect(readFileSync(target("rules/a.yml"), "utf8")).toBe("groups: []\n");
    expect(existsSync(target("rules/b.yml"))).toBe(false);
  });

  it.each(["[{", "{}", '[{"labels":{}}]', "[null]"])(
    "names a target file that holds %s",
    (text) => {
      write("targets/stack.json", text);
      expect(() => renderConfig(paths, tool, ports)).toThrow(
        `"${source("targets/stack.json")}" cannot be read as a file of targets`,
      );
    },
  );
});
