import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect } from "vitest";
import type { BuildReport } from "../../src/build/build-report.ts";
import type { BuildInput } from "../../src/build/plan-build.ts";
import { processBuild } from "../../src/build/process-build.ts";
import { tempFolder } from "./temp.ts";

export interface TestBuild {
  readonly dist: string;
  readonly mapsFolder: string;
  write: (path: string, content: string | Uint8Array) => void;
  read: (path: string) => string;
  /** Files of the build, sorted. */
  files: () => string[];
  process: (options?: Partial<BuildInput>) => Promise<BuildReport>;
  /** The same, and it must find no fault. */
  processWell: (options?: Partial<BuildInput>) => Promise<BuildReport>;
  storedMap: (debugId: string) => Readonly<Record<string, unknown>>;
}

/** A build and a folder for its maps. */
export function testBuild(content: Readonly<Record<string, string | Uint8Array>> = {}): TestBuild {
  const folder = tempFolder();
  const dist = join(folder, "dist");
  const mapsFolder = join(folder, "maps");
  const write: TestBuild["write"] = (path, text) => {
    mkdirSync(dirname(join(dist, path)), { recursive: true });
    writeFileSync(join(dist, path), text);
  };
  mkdirSync(dist);
  for (const [path, text] of Object.entries(content)) write(path, text);
  const process: TestBuild["process"] = (options = {}) =>
    processBuild({ folder: dist, mapsFolder, service: "shop", projectFolder: folder, ...options });
  return {
    dist,
    mapsFolder,
    write,
    read: (path) => readFileSync(join(dist, path), "utf8"),
    files: () =>
      readdirSync(dist, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name).slice(dist.length + 1))
        .sort(),
    process,
    processWell: async (options) => {
      const report = await process(options);
      expect(report.faults).toEqual([]);
      return report;
    },
    storedMap: (debugId) =>
      JSON.parse(readFileSync(join(mapsFolder, "shop", `${debugId}.map`), "utf8")),
  };
}
