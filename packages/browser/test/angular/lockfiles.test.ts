import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const ROOT = join(import.meta.dirname, "../../../..");

interface Manifest {
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

function readJson<T>(path: string): T {
  return JSON.parse(readFileSync(join(ROOT, path), "utf8")) as T;
}

/** What a lockfile remembers of a package of ours; `npm ci` believes it. */
function wants({ version, dependencies = {}, peerDependencies = {} }: Manifest): Manifest {
  return { version, dependencies, peerDependencies };
}

describe.each(["examples/angular", "test/browser/angular-17"])("the lockfile of %s", (folder) => {
  const path = `${folder}/package-lock.json`;
  const { packages } = readJson<{ packages: Record<string, Manifest> }>(path);

  it.each(["browser", "core"])("knows what @sightline/%s wants now", (name) => {
    const locked = packages[`node_modules/@sightline/${name}`];
    // To make it anew: `npm install --package-lock-only` in that folder.
    expect(locked && wants(locked)).toEqual(wants(readJson(`packages/${name}/package.json`)));
  });

  it("names no registry", () => {
    expect(readFileSync(join(ROOT, path), "utf8")).not.toMatch(/"resolved": "http/);
  });
});
