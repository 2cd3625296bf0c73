// `npm run generate`: writes the generated files. `npm run generate -- --check` only compares.
import { bootstrap, fail, root } from "./bootstrap.mjs";

const options = process.argv.slice(2);
const unknown = options.filter((option) => option !== "--check");
if (unknown.length > 0) {
  process.stderr.write(`generate: unknown option "${unknown[0]}"; expected none, or --check\n`);
  process.exit(64);
}

await bootstrap();
const { explainOutdated, findOutdated, generateDashboards, writeGenerated } = await import(
  "../packages/cli/dist/dashboard/generated.js"
);

const { generateProvisioning } = await import(
  "../packages/cli/dist/emit/stack/default-provisioning.js"
);

const { generateSpecFiles } = await import("../packages/cli/dist/spec/generated.js");

const outdated = findOutdated(root, [
  ...generateDashboards(),
  ...generateProvisioning(),
  ...generateSpecFiles(),
]);
if (outdated.length === 0) {
  process.stdout.write("✓ every generated file is up to date\n");
} else if (options.includes("--check")) {
  fail(outdated.map(explainOutdated).join("\n"));
} else {
  writeGenerated(root, outdated);
  for (const { path } of outdated) process.stdout.write(`✓ wrote ${path}\n`);
}
