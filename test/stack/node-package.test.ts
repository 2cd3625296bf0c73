import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { npmInstall } from "../../packages/node/test/support/npm-project.ts";
import { type OtlpReceiver, openReceiver } from "../../packages/node/test/support/otlp-receiver.ts";
import { repositoryRoot } from "../harness/stack.ts";

/** The oldest Node that we promise, and the one of the repository. */
const OLDEST_NODE = "22.15.0";
const REGISTER = "@sightline/node/register";
const APPS = join(repositoryRoot, "packages/node/test/fixtures/entry");
const SERVER = 2;

const nodes = mkdtempSync(join(tmpdir(), "sightline-nodes-"));
const whyNoOldest = npmInstall(nodes, [`node@${OLDEST_NODE}`]);
const NODES = [
  {
    title: `Node ${OLDEST_NODE}`,
    path: join(nodes, "node_modules/node/bin/node"),
    problem: whyNoOldest,
  },
  {
    title: "Node 24",
    path: join(repositoryRoot, "node_modules/node/bin/node"),
    problem: undefined,
  },
];

/** A consumer that uses what the package exports, in the way the README shows. */
const CONSUMER = `
import { captureWinston, flush, setRoute, shutdown, start, type Sightline, type StartOptions } from "@sightline/node";
import "@sightline/node/register";
import winston from "winston";
const options: StartOptions = { serviceName: "shop", databases: ["pg", "redis"], sampleRatio: 0.5 };
const sightline: Sightline = start(options);
const name: string = sightline.config.serviceName;
const logger: winston.Logger = captureWinston(winston.createLogger({}));
logger.info(name);
// @ts-expect-error a wrong option is found by the compiler
start({ databases: ["postgres"] });
const result: { status: string } = await flush(1_000);
await shutdown();
export { result, setRoute };
`;

describe("@sightline/node as npm users get it", () => {
  const project = mkdtempSync(join(tmpdir(), "sightline-consumer-"));
  let receiver: OtlpReceiver;

  beforeAll(() => {
    for (const name of ["core", "wire", "node"]) {
      execFileSync("npm", ["pack", "--silent", "--pack-destination", project], {
        cwd: join(repositoryRoot, "packages", name),
        stdio: ["ignore", "ignore", "pipe"],
      });
    }
    writeFileSync(join(project, "package.json"), JSON.stringify({ name: "shop", private: true }));
    const tarballs = readdirSync(project).filter((name) => name.endsWith(".tgz"));
    expect(
      npmInstall(
        project,
        tarballs.map((name) => `./${name}`),
      ),
    ).toBeUndefined();
    const { megabytes, packages } = measure(join(project, "node_modules"));
    process.stdout.write(`installed: ${megabytes.toFixed(1)} MB in ${packages} packages\n`);
    // Bare @opentelemetry/sdk-node 0.301 is 41.7 MB in 67 packages.
    expect(megabytes).toBeLessThan(41.7);
    expect(packages).toBeLessThan(67);
    expect(npmInstall(project, ["winston@3.19.0", "@types/node@24"])).toBeUndefined();
    for (const file of ["app.mjs", "app.cjs", "first-import.mjs", "first-require.cjs"]) {
      copyFileSync(join(APPS, file), join(project, file));
    }
  }, 300_000);
  beforeEach(async () => {
    receiver = await openReceiver();
  });
  afterEach(() => receiver.close());
  afterAll(() => {
    rmSync(project, { recursive: true });
    rmSync(nodes, { recursive: true });
  });

  for (const { title, path, problem } of NODES) {
    describe.skipIf(problem !== undefined)(
      problem === undefined ? title : `${title} (${problem})`,
      () => {
        it.each([
          ["an ES module with --import", ["--import", REGISTER, "app.mjs"]],
          ["CommonJS with -r", ["-r", REGISTER, "app.cjs"]],
          ["an ES module that imports it first", ["first-import.mjs"]],
          ["CommonJS that requires it first", ["first-require.cjs"]],
        ])("sends a line, a metric and a span of %s", async (_kind, args) => {
          const child = spawn(path, args, {
            cwd: project,
            stdio: "ignore",
            env: {
              PATH: process.env["PATH"],
              OTEL_EXPORTER_OTLP_ENDPOINT: receiver.endpoint,
              OTEL_TRACES_SAMPLER: "always_on",
              SIGHTLINE_DATA: join(project, "data"),
            },
          });

          expect(await once(child, "exit")).toEqual([0, null]);
          const [line] = receiver.logs.filter(({ body }) => body === "hello from a request");
          const [span] = receiver.spans.filter(({ kind }) => kind === SERVER);
          expect(line?.traceId).toMatch(/^[0-9a-f]{32}$/);
          expect(span?.traceId).toBe(line?.traceId);
          expect(receiver.point("http.server.request.duration")?.count).toBe(1);
        });
      },
    );
  }

  it.each([
    ["nodenext", "nodenext"],
    ["bundler", "esnext"],
  ])(
    "has types that a strict consumer can use, with module resolution %s",
    (resolution, module) => {
      writeFileSync(join(project, "consumer.mts"), CONSUMER);
      const flags = {
        strict: true,
        exactOptionalPropertyTypes: true,
        noUncheckedSideEffectImports: true,
        skipLibCheck: false,
        noEmit: true,
        target: "es2023",
        types: "node",
        moduleResolution: resolution,
        module,
      };
      const args = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, `${value}`]);
      const tsc = join(repositoryRoot, "node_modules/typescript/bin/tsc");
      const { status, stdout } = spawnSync(process.execPath, [tsc, ...args, "consumer.mts"], {
        cwd: project,
        encoding: "utf8",
      });

      expect(stdout).toBe("");
      expect(status).toBe(0);
    },
  );
});

/** What a folder of modules holds; a package of a scope counts for itself. */
function measure(folder: string): { megabytes: number; packages: number } {
  let bytes = 0;
  let packages = 0;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    bytes += statSync(join(entry.parentPath, entry.name)).size;
    const isManifest = entry.name === "package.json";
    if (isManifest && /node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+$/.test(entry.parentPath)) {
      packages += 1;
    }
  }
  return { megabytes: bytes / 1e6, packages };
}
