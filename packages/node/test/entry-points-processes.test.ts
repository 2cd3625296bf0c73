import { rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { describe, expect, it } from "vitest";
import { useReceiverBed } from "./support/receiver-bed.ts";
import { runApp } from "./support/run-app.ts";

const REGISTER = "@sightline/node/register";
const ENTRY = fileURLToPath(new URL("./fixtures/entry/", import.meta.url));
const SERVER = 2;

const bed = useReceiverBed();

type Way = { readonly nodeArgs?: readonly string[]; readonly env?: Record<string, string> };

async function run(script: string, { nodeArgs = [], env = {} }: Way = {}) {
  const end = await runApp(script, {
    endpoint: bed.receiver.endpoint,
    dataDirectory: bed.data.path,
    nodeArgs,
    env,
  }).ended;
  expect(end).toMatchObject({ code: 0 });
  return end;
}

/** A line in the trace of its request, the span and the metric of that request: all of it, once. */
function expectRequests(count: number): void {
  const { receiver } = bed;
  const lines = receiver.logs.filter(({ body }) => body === "hello from a request");
  const spans = receiver.spans.filter(({ kind }) => kind === SERVER);
  expect(lines).toHaveLength(count);
  expect(spans).toHaveLength(count);
  expect(spans.map(({ traceId }) => traceId).sort()).toEqual(
    lines.map(({ traceId }) => traceId).sort(),
  );
  const newest = new Map(
    receiver.points
      .filter(({ metric }) => metric === "http.server.request.duration")
      .map((point) => [point.resource["service.instance.id"], point.count]),
  );
  expect([...newest.values()].reduce((sum, points) => sum + points, 0)).toBe(count);
}

describe("a line, a request metric and a span arrive", () => {
  it.each<[string, string, Way]>([
    ["from an ES module with --import", "entry/app.mjs", { nodeArgs: ["--import", REGISTER] }],
    ["from CommonJS with --import", "entry/app.cjs", { nodeArgs: ["--import", REGISTER] }],
    ["from an ES module with -r", "entry/app.mjs", { nodeArgs: ["-r", REGISTER] }],
    ["from CommonJS with -r", "entry/app.cjs", { nodeArgs: ["-r", REGISTER] }],
    ["with NODE_OPTIONS", "entry/app.mjs", { env: { NODE_OPTIONS: `--import ${REGISTER}` } }],
    ["where register is the first import", "entry/first-import.mjs", {}],
    ["where start is the first call of CommonJS", "entry/first-require.cjs", {}],
    [
      "from TypeScript that Node runs by itself",
      "entry/typed.mts",
      { nodeArgs: ["--experimental-strip-types", "--no-warnings", "--import", REGISTER] },
    ],
    ["from a worker thread", "entry/worker.mjs", { nodeArgs: ["--import", REGISTER] }],
  ])("%s", async (_title, script, way) => {
    await run(script, way);

    expectRequests(1);
  });

  it("from each of two workers of a cluster", async () => {
    await run("entry/cluster.mjs", { nodeArgs: ["--import", REGISTER] });

    expectRequests(2);
    const instances = bed.receiver.logs.map(({ resource }) => resource["service.instance.id"]);
    expect(new Set(instances).size).toBe(2);
  });
});

describe("a bundle", () => {
  async function bundle(name: string, options: { format: "cjs" | "esm"; external: string[] }) {
    const outfile = join(
      ENTRY,
      `.bundle-${options.format}-${process.pid}.${options.format === "cjs" ? "cjs" : "mjs"}`,
    );
    await build({
      entryPoints: [join(ENTRY, name)],
      bundle: true,
      platform: "node",
      target: "node22",
      outfile,
      logLevel: "silent",
      ...options,
      ...(options.format === "esm" ? { banner: { js: ESM_REQUIRE } } : {}),
    });
    return outfile;
  }
  // What esbuild's users write for CommonJS packages inside an ES module.
  const ESM_REQUIRE =
    'import { createRequire as makeRequire } from "node:module"; const require = makeRequire(import.meta.url);';

  it.each(["cjs", "esm"] as const)("of app, Sightline and winston works as %s", async (format) => {
    const file = await bundle("bundled.mjs", { format, external: [] });
    try {
      const { stderr } = await run(file);

      expectRequests(1);
      expect(stderr).not.toMatch(/warn|error/i);
    } finally {
      rmSync(file);
    }
  });

  it("that leaves Sightline and winston out needs no further call", async () => {
    const external = ["@sightline/node", "winston"];
    const file = await bundle("app.cjs", { format: "cjs", external });
    try {
      await run(file, { nodeArgs: ["--import", REGISTER] });

      expectRequests(1);
    } finally {
      rmSync(file);
    }
  });
});
