import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createGrafanaSecrets, grafanaSecretsOf } from "../../src/docker/secrets.ts";
import { readPaths } from "../../src/stack/paths.ts";
import { tempDirectory } from "../support/temp.ts";

const pathsIn = (data: string) => readPaths({ HOME: "/home/a", SIGHTLINE_DATA: data });

describe("the secrets of Grafana", () => {
  it("are not made by asking where they are", () => {
    const data = tempDirectory();
    const { passwordFile } = grafanaSecretsOf(pathsIn(data));
    expect(passwordFile).toBe(join(data, "secrets/grafana-admin-password"));
    expect(readdirSync(data)).toEqual([]);
  });

  it("are random, for one reader, and leave no draft", () => {
    const [one, two] = [pathsIn(tempDirectory()), pathsIn(tempDirectory())];
    for (const paths of [one, two]) createGrafanaSecrets(paths);
    const { directory, uid } = grafanaSecretsOf(one);
    const names = readdirSync(directory).sort();
    expect(names).toEqual(["grafana-admin-password", "grafana-secret-key"]);
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    const texts = [one, two].flatMap((paths) =>
      names.map((name) => readFileSync(join(grafanaSecretsOf(paths).directory, name), "utf8")),
    );
    expect(new Set(texts).size).toBe(4);
    for (const name of names) {
      const { mode, uid: owner } = statSync(join(directory, name));
      expect(mode & 0o777).toBe(0o600);
      expect(owner).toBe(uid);
    }
    for (const text of texts) expect(text).toMatch(/^[\w-]{32}$/);
  });

  it("stay when they are there", () => {
    const paths = pathsIn(tempDirectory());
    const { directory, passwordFile } = grafanaSecretsOf(paths);
    mkdirSync(directory);
    writeFileSync(passwordFile, "chosen by hand");
    createGrafanaSecrets(paths);
    createGrafanaSecrets(paths);
    expect(readFileSync(passwordFile, "utf8")).toBe("chosen by hand");
  });

  it("are refused where one is empty or a folder", () => {
    const empty = pathsIn(tempDirectory());
    mkdirSync(grafanaSecretsOf(empty).directory);
    writeFileSync(grafanaSecretsOf(empty).passwordFile, "");
    expect(() => createGrafanaSecrets(empty)).toThrow(/grafana-admin-password" is empty; expected/);
    const folder = pathsIn(tempDirectory());
    mkdirSync(grafanaSecretsOf(folder).passwordFile, { recursive: true });
    expect(() => createGrafanaSecrets(folder)).toThrow(/password" is not a file; expected/);
  });
});
