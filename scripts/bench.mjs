// `npm run bench -- <name>`: measures, on a stack of its own. Bare Node 20, as every entry point.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { bootstrap, hand, node, root } from "./bootstrap.mjs";

const USAGE_ERROR = 64;
const folder = join(root, "benchmarks");
const [name, ...options] = process.argv.slice(2);

if (name === undefined || name === "--help" || name === "-h") {
  const isAsked = name !== undefined;
  (isAsked ? process.stdout : process.stderr).write(help());
  process.exit(isAsked ? 0 : USAGE_ERROR);
}
const known = listBenchmarks();
if (!known.some((benchmark) => benchmark.name === name)) {
  const list = known.map((benchmark) => benchmark.name).join(", ");
  process.stderr.write(
    `sightline: no benchmark "${name}"; expected one of: ${list}; \`npm run bench -- --help\` says what they measure\n`,
  );
  process.exit(USAGE_ERROR);
}
await bootstrap();
hand(node, [join(folder, name, "main.ts"), ...options]);

/** Every folder with a `main.ts`; the file's first line says what it measures. */
function listBenchmarks() {
  return readdirSync(folder)
    .filter((entry) => existsSync(join(folder, entry, "main.ts")))
    .map((entry) => {
      const [first = ""] = readFileSync(join(folder, entry, "main.ts"), "utf8").split("\n");
      return { name: entry, about: first.replace(/^\/\/\s*/, "") };
    });
}

function help() {
  const list = listBenchmarks().map(({ name, about }) => `  ${name.padEnd(8)} ${about}\n`);
  return `usage: npm run bench -- <name> [options]

${list.join("")}
  npm run bench -- <name> --help   its options
  npm run bench -- <name> --quick  shorter windows and fewer lines, for a first look

exit codes: 0 measured, every target met · 1 a target missed or a part failed · 64 wrong usage ·
130 interrupted (everything that was started is ended and removed)
`;
}
