// `npm test`: installs what is missing, then the unit tests and the end-to-end tests on real servers.
// Arguments go to vitest: `npm test -- --project unit`, `npm test -- test/stack/up.test.ts`.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bootstrap, environment, node, root, step } from "./bootstrap.mjs";

/** Debian packages that tests need, by the program that shows that they are there. */
const DEBIAN_PACKAGES = { chromium: "chromium", dockerd: "docker.io", iptables: "iptables" };

await bootstrap();
await installDebianPackages();
if (needsServers(process.argv.slice(2))) await buildServers();
await runVitest(process.argv.slice(2));

function needsServers(args) {
  const project = args.indexOf("--project");
  return project < 0 || args[project + 1] === "stack";
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
      env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` },
    }).status === 0
  );
}

/** Outside the tests, so that their time limits do not count a cold build. */
async function buildServers() {
  const data = mkdtempSync(join(tmpdir(), "sightline-build-"));
  const args = [
    join(root, "packages/cli/dist/main.js"),
    "up",
    "--only",
    "build",
    "--mode",
    "embedded",
  ];
  const result = spawnSync(node, args, {
    stdio: ["ignore", "ignore", "inherit"],
    env: environment({ SIGHTLINE_DATA: data, SIGHTLINE_CALLED_AS: "npm run sightline --" }),
  });
  rmSync(data, { recursive: true, force: true });
  if (result.status !== 0) process.exit(result.status ?? 1);
}

async function runVitest(args) {
  const directory = mkdtempSync(join(tmpdir(), "sightline-results-"));
  const results = join(directory, "results.json");
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${results}`];
  const child = spawn(
    node,
    [join(root, "node_modules/vitest/vitest.mjs"), "run", ...reporters, ...args],
    {
      cwd: root,
      stdio: ["ignore", "inherit", "inherit"],
      env: cleanEnvironment(),
    },
  );
  const code = await new Promise((resolve) => child.on("close", resolve));
  const failed = existsSync(results) ? report(JSON.parse(readFileSync(results, "utf8"))) : 1;
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
function report(results) {
  const tests = results.testResults.flatMap((file) => file.assertionResults);
  const skipped = tests.filter((test) => !["passed", "failed"].includes(test.status));
  for (const test of skipped) process.stdout.write(`skipped: ${test.fullName.trim()}\n`);
  const count = (status) => tests.filter((test) => test.status === status).length;
  const failedFiles = results.testResults.filter(
    (file) => file.status === "failed" && file.assertionResults.length === 0,
  ).length;
  const failed = count("failed") + failedFiles;
  process.stdout.write(`${count("passed")} passed, ${failed} failed, ${skipped.length} skipped\n`);
  return count("passed") === 0 ? 1 : failed;
}
