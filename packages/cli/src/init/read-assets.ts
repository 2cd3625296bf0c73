import { readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import type { Asset } from "./wanted-files.ts";

const FOLDERS = ["provisioning", "dashboards", "schemas"];
/** In a project there is one agent.json, at the top of `.sightline/`. */
const LEFT_OUT = /\.tgz$|^provisioning\/agent\/agent\.json$/;

export function readStackTemplate(assets: string): string {
  return readFileSync(join(assets, "docker-compose.yml"), "utf8");
}

/** What the servers read, from the package or the clone that this command is part of. */
export function readAssets(assets: string): Asset[] {
  return FOLDERS.flatMap((folder) => listFiles(assets, folder))
    .filter((path) => !LEFT_OUT.test(path))
    .map((path) => ({ path, content: readFileSync(join(assets, path), "utf8") }));
}

function listFiles(root: string, folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .sort((left, right) => (left.name < right.name ? -1 : 1))
    .flatMap((entry) => {
      const path = posix.join(folder, entry.name);
      return entry.isDirectory() ? listFiles(root, path) : [path];
    });
}
