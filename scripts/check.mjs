// `npm run check`: types, format and lint, dead code, generated files, package shape. All are run,
// also after one failed, so that one run shows every fault.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { bootstrap, node, root, step } from "./bootstrap.mjs";

const bin = (name) => join(root, "node_modules/.bin", name);
const packages = readdirSync(join(root, "packages")).map((name) => `packages/${name}`);

const CHECKS = [
  ["types", node, [join(root, "node_modules/typescript/bin/tsc"), "-b"]],
  ["format and lint", bin("biome"), ["ci", "--error-on-warnings"]],
  ["dead code", bin("knip"), ["--no-progress"]],
  ["generated files", node, [join(root, "scripts/generate.mjs"), "--check"]],
  ...packages.map((path) => [`package shape of ${path}`, bin("publint"), ["--strict", path]]),
  // Node ≥ 22.15 loads ES modules with require() too, so the packages have no second build.
  ...packages.map((path) => [
    `types of ${path}`,
    bin("attw"),
    ["--pack", path, "--profile", "esm-only"],
  ]),
];

await bootstrap();
const failures = [];
for (const [title, command, args] of CHECKS) {
  const { code, output } = await step(title, command, args);
  process.stdout.write(`${code === 0 ? "✓" : "✗"} ${title}\n`);
  if (code !== 0) failures.push(`${title}\n${output}`);
}
if (failures.length > 0) {
  process.stdout.write(
    `\n${failures.join("\n")}\n${failures.length} of ${CHECKS.length} checks failed\n`,
  );
  process.exit(1);
}
