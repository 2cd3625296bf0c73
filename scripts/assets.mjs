// Puts what the `sightline` package carries for users without a clone into packages/cli/assets
// (prepack), or takes it away again (postpack), so that a clone never runs from a stale copy.
import { cpSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const assets = join(root, "packages/cli/assets");
const CARRIED = [
  "docker-compose.yml",
  ".env.example",
  "provisioning",
  "dashboards",
  "schemas",
  // What messages name where no address of the pages is given.
  "docs/runbooks",
  "scripts/stack",
];

rmSync(assets, { recursive: true, force: true });
// Packages that were packed to make the agent's image (provisioning/agent/Dockerfile) stay here.
const filter = (path) => !path.endsWith(".tgz");
if (process.argv[2] === "copy") {
  for (const path of CARRIED)
    cpSync(join(root, path), join(assets, path), { recursive: true, filter });
}
