// `npm run sightline -- <command>`: the CLI of this clone. `npm run up` and `npm run down` enter here too.
import { join, relative } from "node:path";
import { bootstrap, hand, node, root } from "./bootstrap.mjs";

// npm changes to the folder of package.json; files are named from where the user stands.
const isNpmRun = ["sightline", "up", "down"].includes(process.env.npm_lifecycle_event);
const here = (isNpmRun && process.env.INIT_CWD) || process.cwd();

await bootstrap();
hand(
  node,
  [join(root, "packages/cli/dist/main.js"), ...process.argv.slice(2)],
  { SIGHTLINE_CALLED_AS: calledAs() },
  here,
);

/** How the user gets here again from where they stand. */
function calledAs() {
  if (relative(root, here) === "") return "npm run sightline --";
  const folder = /^[\w@%+=:,./-]+$/.test(root) ? root : `'${root.replaceAll("'", "'\\''")}'`;
  return `npm --prefix ${folder} run sightline --`;
}
