import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

/** Names of the files of a build, below its folder, with slashes. Sorted. */
export interface BuildFiles {
  readonly scripts: readonly string[];
  readonly styles: readonly string[];
  readonly maps: readonly string[];
  /** Files that may hold hashes of others: pages, manifests. */
  readonly texts: readonly string[];
  /** Compressed copies. */
  readonly compressed: readonly string[];
  /** Not followed. */
  readonly links: readonly string[];
}

const KINDS: readonly (readonly [keyof BuildFiles, RegExp])[] = [
  ["maps", /\.map$/i],
  ["scripts", /\.[cm]?js$/i],
  ["styles", /\.css$/i],
  ["texts", /\.(?:html?|json|webmanifest|xhtml|php|txt)$/i],
  ["compressed", /\.(?:js|mjs|cjs|css|html?|json)\.(?:gz|br|zst)$/i],
];

/** Undefined where the folder is none. */
export function findBuildFiles(folder: string): BuildFiles | undefined {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return undefined;
  const found = {
    scripts: [] as string[],
    styles: [] as string[],
    maps: [] as string[],
    texts: [] as string[],
    compressed: [] as string[],
    links: [] as string[],
  };
  const folders = [""];
  for (let at = folders.pop(); at !== undefined; at = folders.pop()) {
    for (const entry of readdirSync(join(folder, at), { withFileTypes: true })) {
      const path = at === "" ? entry.name : `${at}/${entry.name}`;
      const kind = KINDS.find(([, pattern]) => pattern.test(entry.name))?.[0];
      if (entry.isDirectory()) {
        if (entry.name !== "node_modules" && entry.name !== ".git") folders.push(path);
      } else if (entry.isSymbolicLink()) {
        if (kind === "scripts" || kind === "maps") found.links.push(path);
      } else if (entry.isFile() && kind !== undefined) found[kind].push(path);
    }
  }
  for (const list of Object.values(found)) list.sort();
  return found;
}
