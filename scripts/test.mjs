// `npm test`: installs what is missing, then the unit tests and the end-to-end tests on real servers.
// Arguments go to vitest: `npm test -- --project unit`, `npm test -- test/stack/up.test.ts`.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { bootstrap, environment, node, root, step } from "./bootstrap.mjs";

/** Debian packages that tests need, by the program that shows that they are there. */
const DEBIAN_PACKAGES = {
  chromium: "chromium",
  dockerd: "docker.io",
  haproxy: "haproxy",
  iptables: "iptables",
  mariadbd: "mariadb-server",
  // PostgreSQL's own programs are in a folder per version; this one comes with them.
  pg_ctlcluster: "postgresql",
  "redis-server": "redis-server",
  "systemd-journal-remote": "systemd-journal-remote",
};

/** Programs that only tests need, built from the recipe of the same name; the servers' are the CLI's. */
const TEST_TOOLS = {
  compose: {
    module: "github.com/docker/compose/v2",
    source: "github.com/docker/compose/v2/cmd",
    binary: "docker-compose",
    linkerFlags: (version) => `-X github.com/docker/compose/v2/internal.Version=v${version}`,
  },
  caddy: {
    module: "github.com/caddyserver/caddy/v2",
    source: "github.com/caddyserver/caddy/v2/cmd/caddy",
    binary: "caddy",
    linkerFlags: () => "",
  },
  // The MongoDB of the tests: a server of its own kind that builds from source.
  ferretdb: {
    module: "github.com/FerretDB/FerretDB",
    source: ".",
    binary: "ferretdb",
    linkerFlags: () => "",
  },
};

const args = process.argv.slice(2);
await bootstrap();
await installDebianPackages();
const whyNoServers = needsServers(args) ? await buildServers() : undefined;
if (needsServers(args) && !whyNoServers) await buildTestTools();
await runVitest(args, whyNoServers);

/** Unit tests need none; whoever names a project or files says which they want. */
function needsServers(given) {
  if (given.length === 0) return true;
  const text = given.join(" ");
  if (/--project[= ]unit/.test(text)) return false;
  return (
    /--project[= ]stack/.test(text) ||
    !given.some((arg) => /^(packages|examples|scripts)\//.test(arg))
  );
}

async function installDebianPackages() {
  const missing = Object.entries(DEBIAN_PACKAGES).filter(([program]) => !isOnPath(program));
  if (missing.length === 0) return;
  const packages = missing.map(([, name]) => name);
  if (process.getuid?.() !== 0 || !isOnPath("apt-get")) {
    process.stderr.write(
      `without ${packages.join(", ")} some tests are skipped; as root on Debian this installs them\n`,
    );
    return;
  }
  const env = environment({ DEBIAN_FRONTEND: "noninteractive" });
  const update = await step("reading the Debian package lists", "apt-get", ["update"], { env });
  const install =
    update.code === 0
      ? await step(
          `installing ${packages.join(", ")}`,
          "apt-get",
          ["install", "-y", "--no-install-recommends", ...packages],
          { env },
        )
      : update;
  if (install.code !== 0) {
    const last = install.output.trim().split("\n").slice(-3).join("\n    ");
    process.stderr.write(
      `could not install ${packages.join(", ")}; the tests that need them are skipped:\n    ${last}\n`,
    );
  }
}

function isOnPath(program) {
  return (
    spawnSync("sh", ["-c", `command -v ${program}`], {
      env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin:/lib/systemd` },
    }).status === 0
  );
}

/** Outside the tests, so that their time limits do not count a cold build. Why it failed, if it did. */
async function buildServers() {
  const data = mkdtempSync(join(tmpdir(), "sightline-build-"));
  const main = join(root, "packages/cli/dist/main.js");
  const result = spawnSync(node, [main, "up", "--only", "build", "--mode", "embedded"], {
    stdio: ["ignore", "ignore", "inherit"],
    env: environment({ SIGHTLINE_DATA: data, SIGHTLINE_CALLED_AS: "npm run sightline --" }),
  });
  rmSync(data, { recursive: true, force: true });
  return result.status === 0 ? undefined : "the servers could not be built, for the reason above";
}

/** A tool that cannot be built is no failure here: its tests say that they are skipped, and why. */
async function buildTestTools() {
  const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "sightline");
  for (const [name, tool] of Object.entries(TEST_TOOLS)) {
    const recipe = join(root, "scripts/stack", name);
    const version = new RegExp(`${tool.module} v(\\S+)`).exec(
      readFileSync(join(recipe, "go.mod"), "utf8"),
    )[1];
    const target = join(cache, name, version, tool.binary);
    if (existsSync(target)) continue;
    mkdirSync(dirname(target), { recursive: true });
    const draft = `${target}.${process.pid}`;
    const flags = ["-mod=readonly", "-trimpath", "-ldflags", `-s -w ${tool.linkerFlags(version)}`];
    const result = await step(
      `building ${name} ${version} for the tests`,
      "go",
      ["build", ...flags, "-o", draft, tool.source],
      {
        cwd: recipe,
        env: environment({ CGO_ENABLED: "0", GOFLAGS: "", GOWORK: "off" }),
      },
    );
    if (result.code === 0) renameSync(draft, target);
    else
      process.stderr.write(
        `could not build ${name}: ${result.output.trim().split("\n").slice(-3).join("\n    ")}\n`,
      );
  }
}

async function runVitest(given, whyNoServers) {
  const directory = mkdtempSync(join(tmpdir(), "sightline-results-"));
  const results = join(directory, "results.json");
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${results}`];
  const projects = whyNoServers ? ["--project", "unit"] : [];
  const vitest = join(root, "node_modules/vitest/vitest.mjs");
  const child = spawn(node, [vitest, "run", ...reporters, ...projects, ...given], {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
    env: cleanEnvironment(),
  });
  const code = await new Promise((resolve) => child.on("close", resolve));
  const failed = existsSync(results)
    ? report(JSON.parse(readFileSync(results, "utf8")), whyNoServers)
    : 1;
  rmSync(directory, { recursive: true, force: true });
  process.exit(code === 0 && failed === 0 ? 0 : code || 1);
}

/** A user's own settings must not reach the tests' stacks. */
function cleanEnvironment() {
  const env = environment({ PATH: `${environment().PATH}:/usr/sbin:/sbin` });
  for (const name of Object.keys(env))
    if (/^(SIGHTLINE|OTEL|BOARD|COMPOSE)_/.test(name)) delete env[name];
  return env;
}

/** Names what did not run (the reason stands in its title), then the line that closes a run. */
function report(results, whyNoServers) {
  const tests = results.testResults.flatMap((file) => file.assertionResults);
  if (whyNoServers) process.stdout.write(`skipped: all end-to-end tests: ${whyNoServers}\n`);
  const skipped = tests.filter((test) => !["passed", "failed"].includes(test.status));
  for (const test of skipped) process.stdout.write(`skipped: ${test.fullName.trim()}\n`);
  const count = (status) => tests.filter((test) => test.status === status).length;
  const failedFiles = results.testResults.filter(
    (file) => file.status === "failed" && file.assertionResults.length === 0,
  ).length;
  // A person without Go still sees the unit tests pass; CI that builds no server proves nothing.
  const failed = count("failed") + failedFiles + (whyNoServers && process.env.CI ? 1 : 0);
  process.stdout.write(`${count("passed")} passed, ${failed} failed, ${skipped.length} skipped\n`);
  return count("passed") === 0 ? 1 : failed;
}
