import { existsSync, readdirSync, statSync } from "node:fs";
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

type Found = { [Kind in keyof BuildFiles]: string[] };

/**
 * @param only these files alone
 * @returns undefined where the folder is none
 */
export function findBuildFiles(folder: string, only?: readonly string[]): BuildFiles | undefined {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return undefined;
  const found: Found = emptyFound();
  if (only === undefined) walk(folder, found);
  else {
    for (const path of only) {
      const kind = kindOf(path);
      if (kind !== undefined && existsSync(join(folder, path))) found[kind].push(path);
    }
  }
  for (const list of Object.values(found)) list.sort();
  return found;
}

function kindOf(name: string): keyof BuildFiles | undefined {
  return KINDS.find(([, pattern]) => pattern.test(name))?.[0];
}

function emptyFound(): Found {
  return {
    scripts: [],
    styles: [],
    maps: [],
    texts: [],
    compressed: [],
    links: [],
  };
}

function walk(folder: string, found: Found): void {
  const folders = [""];
  for (let at = folders.pop(); at !== undefined; at = folders.pop()) {
    for (const entry of readdirSync(join(folder, at), { withFileTypes: true })) {
      const path = at === "" ? entry.name : `${at}/${entry.name}`;
      const kind = kindOf(entry.name);
      if (entry.isDirectory()) {
        if (entry.name !== "node_modules" && entry.name !== ".git") folders.push(path);
      } else if (entry.isSymbolicLink()) {
        if (kind === "scripts" || kind === "maps") found.links.push(path);
      } else if (entry.isFile() && kind !== undefined) found[kind].push(path);
    }
  }
}
