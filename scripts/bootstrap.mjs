// What every entry point needs first, on bare Node 20 without a dependency: packages, then a build.
import { spawn } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const modules = join(root, "node_modules");
/** Node 24 from the `node` package; the one on the PATH may be older than what the packages need. */
export const node = join(modules, "node/bin/node");

const MIN_NODE_MAJOR = 20;
const REMIND_EVERY_MILLIS = 20_000;

/** Node's packages and a fresh build; each is skipped where it is up to date. */
export async function bootstrap() {
  const major = Number(process.versions.node.split(".")[0]);
  if (major < MIN_NODE_MAJOR) {
    fail(
      `Node is "${process.versions.node}"; expected ${MIN_NODE_MAJOR} or newer; get it from https://nodejs.org or your distribution`,
    );
  }
  if (!isInstalled()) await install();
  await build();
}

/** npm keeps a record of what it installed; the lockfile says what ought to be. */
function isInstalled() {
  const installed = readLock(join(modules, ".package-lock.json"));
  if (!installed || !existsSync(node)) return false;
  return Object.entries(readLock(join(root, "package-lock.json")) ?? {}).every(
    ([path, wanted]) =>
      path === "" ||
      !path.startsWith("node_modules/") ||
      wanted.optional ||
      wanted.link ||
      installed[path]?.version === wanted.version,
  );
}

function readLock(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8")).packages;
  } catch {
    return undefined;
  }
}

async function install() {
  const result = await step("installing npm packages", "npm", [
    "ci",
    "--no-audit",
    "--no-fund",
    "--loglevel=error",
  ]);
  if (result.code !== 0) fail(explainInstall(result.output));
  if (!existsSync(node)) {
    fail(
      'npm installed the packages but not Node 24: its install script did not run; expected "ignore-scripts" to be off (npm config get ignore-scripts)',
    );
  }
}

function explainInstall(output) {
  // npm says what is wrong first, and how it is called last.
  const first = output.trim().split("\n").slice(0, 8).join("\n    ");
  const isNetwork = /ENOTFOUND|ECONNREFUSED|ETIMEDOUT|EAI_AGAIN|ECONNRESET|network/i.test(output);
  const isDiskFull = /ENOSPC/.test(output);
  const advice = isNetwork
    ? "the npm registry could not be reached: check the network, or `npm config get registry` and a proxy"
    : isDiskFull
      ? "the disk is full: about 1 GB is needed for the packages"
      : "run `npm ci` to see all of it";
  return `npm could not install the packages:\n    ${first}\n  ${advice}; then run the same command again`;
}

async function build() {
  // What runs; the tests' types are for `npm run check`.
  const projects = [
    "packages/node",
    "packages/agent",
    "packages/browser",
    "packages/gateway",
    "packages/browser",
    "packages/cli",
    "examples/board",
  ].map((path) => join(root, path));
  const result = await step("building", node, [
    join(modules, "typescript/bin/tsc"),
    "-b",
    ...projects,
  ]);
  if (result.code !== 0) fail(`the build failed:\n${result.output}`);
  const page = await step("building the example's page", node, [
    join(root, "examples/board/build-page.mjs"),
  ]);
  if (page.code !== 0) fail(`the page of the example could not be built:\n${page.output}`);
  if (isBundled()) return;
  const bundled = await step("bundling", node, [join(root, "scripts/bundle-browser.mjs")]);
  if (bundled.code !== 0) fail(`the script for pages was not built:\n${bundled.output}`);
}

/** The script for pages is newer than what it was made of. */
function isBundled() {
  const timeOf = (path) =>
    statSync(join(root, "packages", path), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const made = timeOf("browser/dist/sightline.js");
  return ["browser", "core"].every((name) => timeOf(`${name}/dist/tsconfig.tsbuildinfo`) < made);
}

/** Runs one program; its output is shown only if it fails, its time always where it is long. */
export function step(title, command, args, options = {}) {
  const started = performance.now();
  const elapsed = () => `${((performance.now() - started) / 1000).toFixed(0)} s`;
  const draw = () =>
    process.stderr.isTTY && !process.env.CI
      ? process.stderr.write(`\r\u001b[2K… ${title} ${elapsed()}`)
      : process.stderr.write(`… ${title} ${elapsed()}\n`);
  const isTty = process.stderr.isTTY && !process.env.CI;
  const timer = setInterval(draw, isTty ? 250 : REMIND_EVERY_MILLIS);
  return new Promise((resolve) => {
    let output = "";
    const child = spawn(command, args, {
      cwd: root,
      stdio: ["ignore", "pipe", "pipe"],
      env: environment(),
      ...options,
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk) => {
        output += chunk;
      });
    }
    const end = (code) => {
      clearInterval(timer);
      if (isTty) process.stderr.write("\r\u001b[2K");
      if (performance.now() - started > 2_000)
        process.stderr.write(`${code === 0 ? "✓" : "✗"} ${title} ${elapsed()}\n`);
      resolve({ code, output });
    };
    child.on("error", (error) => {
      output += error.message;
      end(1);
    });
    child.on("close", end);
  });
}

/** Node 24 first on the PATH, for whatever the command starts in turn. */
export function environment(extra = {}) {
  return {
    ...process.env,
    PATH: `${join(modules, "node/bin")}:${join(modules, ".bin")}:${process.env.PATH}`,
    ...extra,
  };
}

/** Runs a program in the foreground and ends as it ends. */
export function hand(command, args, extra = {}, cwd = root) {
  const child = spawn(command, args, { cwd, stdio: "inherit", env: environment(extra) });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"])
    process.on(signal, () => child.kill(signal));
  child.on("error", (error) => fail(`cannot run "${command}": ${error.message}`));
  child.on("close", (code, signal) => {
    if (signal === null) process.exit(code);
    process.stderr.write(`sightline: "${args[1] ?? command}" was ended by ${signal}\n`);
    process.exit(128 + constants.signals[signal]);
  });
}

export function fail(message) {
  process.stderr.write(`sightline: ${message}\n`);
  process.exit(1);
}
