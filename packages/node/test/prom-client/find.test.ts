import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterEach, expect, it } from "vitest";
import { useReceiverBed } from "../support/receiver-bed.ts";
import { runApp } from "../support/run-app.ts";

const bed = useReceiverBed();
const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function run(script: string, nodeArgs: readonly string[] = [], env: Record<string, string> = {}) {
  return runApp(script, {
    endpoint: bed.receiver.endpoint,
    dataDirectory: bed.data.path,
    nodeArgs,
    env,
  }).ended;
}

function sentValue(metric: string): unknown {
  return bed.receiver.point(metric)?.value;
}

it("finds prom-client before and after the start, a second copy, and named registries", async () => {
  const end = await run("prom-client-app.cjs");
  expect(end, end.stderr).toMatchObject({ code: 0 });
  expect(["early_total", "late_total", "other", "of_a_copy"].map(sentValue)).toEqual([2, 3, 4, 5]);
});

it("sends none of it with promClient: false", async () => {
  const end = await run("prom-client-app.cjs", [], { PROM_CLIENT: "off" });
  expect(end, end.stderr).toMatchObject({ code: 0 });
  expect(bed.receiver.point("process.uptime")).toBeDefined();
  expect(["early_total", "late_total", "other", "of_a_copy"].map(sentValue)).toEqual(
    Array(4).fill(undefined),
  );
});

it("takes a registry of a bundle, whose copy of this package is not the one that runs", async () => {
  const folder = mkdtempSync(join(tmpdir(), "sightline-bundle-"));
  folders.push(folder);
  const outfile = join(folder, "app.mjs");
  await build({
    entryPoints: [fileURLToPath(new URL("../fixtures/prom-client-bundle.mjs", import.meta.url))],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    logLevel: "silent",
    banner: {
      js: 'import { createRequire as makeRequire } from "node:module"; const require = makeRequire(import.meta.url);',
    },
  });
  const end = await run(outfile, ["--import", "@sightline/node/register"]);
  expect(end, end.stderr).toMatchObject({ code: 0 });
  expect(sentValue("bundled")).toBe(6);
});
