import { rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { expect, it } from "vitest";
import { useReceiverBed } from "./support/receiver-bed.ts";
import { type AppOptions, runApp } from "./support/run-app.ts";

const bed = useReceiverBed();
const REGISTER = ["--import", "@sightline/node/register"];
const ENTRY = fileURLToPath(new URL("fixtures/loggers/", import.meta.url));

async function run(script: string, nodeArgs: readonly string[], env: AppOptions["env"] = {}) {
  const end = await runApp(script, {
    endpoint: bed.receiver.endpoint,
    dataDirectory: bed.data.path,
    nodeArgs,
    env: { OTEL_NODE_DISABLED_INSTRUMENTATIONS: "", ...env },
  }).ended;
  expect(end).toMatchObject({ code: 0, signal: null });
  return end;
}

/** Without our own. Sorted: pino and the console write to the same pipe by different ways. */
function linesOf(output: string): string[] {
  return output
    .replace(/^sightline: .*\n/gm, "")
    .split("\n")
    .sort();
}

it("takes every line of console, pino 9, pino 10 and winston once, and prints it as without us", async () => {
  const bare = await run("loggers/all.mjs", []);
  expect(bed.receiver.logs).toEqual([]);
  const ours = await run("loggers/all.mjs", REGISTER);

  expect(linesOf(ours.stdout)).toEqual(linesOf(bare.stdout));
  expect(linesOf(ours.stderr)).toEqual(linesOf(bare.stderr));
  expect(
    bed.receiver.logs.map(({ severityText, body, attributes }) => [
      severityText,
      body.split("\n")[0],
      attributes["logger.name"],
    ]),
  ).toEqual([
    ["info", "console hello { a: 1 }", "console"],
    ["error", "console failed: no such item", "console"],
    ["info", expect.stringContaining("┬"), "console"],
    ["info", "pino ten", "ten"],
    ["warn", "pino nine", undefined],
    ["error", expect.stringContaining("no such item"), "ten"],
    ["info", "winston hello", undefined],
    ["error", expect.stringContaining("no such item"), undefined],
    ["info", "winston shop", undefined],
  ]);
  expect(JSON.stringify(bed.receiver.logs)).not.toContain("4111");
});

it("sends one error record beside each line that carries an error", async () => {
  await run("loggers/all.mjs", REGISTER);
  const failed = bed.receiver.logs.filter(({ severityText }) => severityText === "error");
  expect(failed).toHaveLength(3);
  expect(bed.receiver.errors).toHaveLength(3);
  // The same error is one problem, whichever logger told of it.
  expect(new Set(failed.map(({ attributes }) => attributes["fp"])).size).toBe(1);
  for (const [index, { attributes, body }] of bed.receiver.errors.entries()) {
    expect(attributes).toMatchObject({
      kind: "error",
      fp: failed[index]?.attributes["fp"],
      fpx: failed[index]?.attributes["fpx"],
      exception_type: "ShopError",
      handled: true,
      n: 1,
    });
    expect(body).toBe(attributes["fp_t"]);
  }
  expect(new Set(failed.map(({ attributes }) => attributes["exception.message"]))).toEqual(
    new Set(["no such item"]),
  );
});

it.each(["pino", "pino-9"])(
  "takes lines in the main thread where %s prints in a worker, and starts nothing there",
  async (name) => {
    const options = "--import @sightline/node/register";
    const end = await run("loggers/worker-transport.mjs", [], {
      PINO: name,
      NODE_OPTIONS: options,
    });
    expect(end.stdout).toBe('{"level":30,"msg":"through a worker"}\n');
    expect(bed.receiver.logs.map(({ body }) => body)).toEqual(["through a worker"]);
  },
);

it("counts a flood of one error, so that its records do not double the traffic", async () => {
  await run("loggers/flood.mjs", REGISTER);
  expect(bed.receiver.logs).toHaveLength(2_000);
  const counts = bed.receiver.errors.map(({ attributes }) => Number(attributes["n"]));
  expect(counts.reduce((sum, n) => sum + n, 0)).toBe(2_000);
  expect(counts.length).toBeLessThan(200);
});

it("an uncaught error is one unhandled error, although winston's handler logs it again", async () => {
  const end = await runApp("winston-exceptions.mjs", {
    endpoint: bed.receiver.endpoint,
    dataDirectory: bed.data.path,
    nodeArgs: REGISTER,
  }).ended;
  expect(end.code).toBe(1);
  await run("log-and-end.mjs", REGISTER);
  await bed.receiver.until(() => bed.receiver.errors.length > 0);
  expect(
    bed.receiver.errors.map(({ attributes }) => [attributes["handled"], attributes["n"]]),
  ).toEqual([[false, 1]]);
});

it("lets go with shutdown and takes hold again with the next start", async () => {
  const end = await run("loggers/restart.mjs", []);
  expect(end.stdout).not.toContain("still patched");
  expect(end.stdout.match(/between/g)).toHaveLength(3);
  expect(bed.receiver.logs.map(({ body }) => body)).toEqual([
    "console first",
    "pino first",
    "winston first",
    "console second",
    "pino second",
    "winston second",
  ]);
});

it("finds a pino inside a bundle by its first line", async () => {
  const outfile = `${ENTRY}.bundle-${process.pid}.cjs`;
  await build({
    entryPoints: [`${ENTRY}bundled.mjs`],
    bundle: true,
    platform: "node",
    target: "node22",
    format: "cjs",
    outfile,
    logLevel: "silent",
  });
  try {
    await run(outfile, REGISTER);
  } finally {
    rmSync(outfile);
  }
  expect(bed.receiver.logs.map(({ body }) => body)).toEqual([
    "first of a bundle",
    "second of a bundle",
  ]);
});

it("leaves out the loggers that are named as disabled", async () => {
  await run("loggers/all.mjs", REGISTER, {
    OTEL_NODE_DISABLED_INSTRUMENTATIONS: "winston,console",
  });
  expect(bed.receiver.logs.map(({ body }) => body.split("\n")[0])).toEqual([
    "pino ten",
    "pino nine",
    expect.stringContaining("no such item"),
  ]);
});

it("with stdout, stamps lines of pino and winston with the trace, leaves text alone and sends nothing", async () => {
  const end = await run("loggers/stdout.mjs", [], { SIGHTLINE_LOGS: "stdout" });
  const lines = end.stdout.trimEnd().split("\n");
  expect(lines).toContain('{"level":30,"msg":"outside"}');
  expect(lines).toContain("plain text");
  const { traceId, spanId } = JSON.parse(lines.find((line) => line.includes("traceId")) ?? "");
  const stamped = lines.filter((line) => line.includes("trace_id")).map((line) => JSON.parse(line));
  expect(stamped).toHaveLength(4);
  for (const line of stamped) {
    expect(line).toMatchObject({ trace_id: traceId, span_id: spanId, trace_flags: "01" });
  }
  expect(bed.receiver.logs).toEqual([]);
  expect(bed.receiver.errors).toEqual([]);
});
