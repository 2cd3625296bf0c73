import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readPaths, stackId } from "../../src/stack/paths.ts";
import { tempDirectory } from "../support/temp.ts";

describe("where a stack lives", () => {
  it.each([
    {
      env: { HOME: "/home/a" },
      data: "/home/a/.local/share/sightline",
      cache: "/home/a/.cache/sightline",
    },
    {
      env: { HOME: "/home/a", SIGHTLINE_DATA: "/d", XDG_CACHE_HOME: "/c" },
      data: "/d",
      cache: "/c/sightline",
    },
    {
      env: { HOME: "/home/a", XDG_CACHE_HOME: "c" },
      data: "/home/a/.local/share/sightline",
      cache: "/home/a/.cache/sightline",
    },
    {
      env: { SIGHTLINE_DATA: "d", XDG_CACHE_HOME: "/c" },
      data: join(process.cwd(), "d"),
      cache: "/c/sightline",
    },
  ])("$env", ({ env, data, cache }) => {
    expect(readPaths(env)).toMatchObject({ data, cache, state: join(data, "stack/state.json") });
  });

  it("is an absolute path also where HOME is unset or empty", () => {
    for (const env of [{}, { HOME: "" }, { HOME: "relative" }]) {
      expect(readPaths(env).data).toMatch(/^\/.*\.local\/share\/sightline$/);
      expect(readPaths(env).data).not.toContain(process.cwd());
    }
  });

  it("has one name, however it is reached, before and after it is there", () => {
    const root = tempDirectory();
    mkdirSync(join(root, "real"));
    symlinkSync("real", join(root, "link"));
    const id = (data: string): string =>
      stackId(readPaths({ HOME: "/nowhere", SIGHTLINE_DATA: join(root, data) }));
    const before = id("link/data");
    expect(id("real/data")).toBe(before);
    mkdirSync(join(root, "real/data"));
    expect(id("link/data")).toBe(before);
    expect(id("real/other")).not.toBe(before);
  });
});
