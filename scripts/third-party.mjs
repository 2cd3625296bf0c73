// Names what others wrote in a bundle, with their licences, as those ask for.
import { existsSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { root } from "./bootstrap.mjs";

/** @param inputs of esbuild's metafile. */
export function describeParts(inputs) {
  const folders = new Set();
  for (const input of Object.keys(inputs)) {
    const match = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(
      relative(root, join(process.cwd(), input)),
    );
    if (match !== null) folders.add(match[0]);
  }
  const parts = [...folders].sort().map((folder) => {
    const { name, version, license } = JSON.parse(
      readFileSync(join(root, folder, "package.json"), "utf8"),
    );
    return { title: `${name} ${version} (${license})`, text: licenceText(join(root, folder)) };
  });
  const texts = [...new Set(parts.map(({ text }) => text))];
  return texts
    .map((text) => {
      const titles = parts.filter((part) => part.text === text).map(({ title }) => title);
      return `${titles.join("\n")}\n\n${text}\n`;
    })
    .join(`\n${"-".repeat(80)}\n\n`);
}

function licenceText(folder) {
  const file = ["LICENSE", "LICENSE.md", "LICENSE.txt"].find((name) =>
    existsSync(join(folder, name)),
  );
  return file === undefined ? "" : readFileSync(join(folder, file), "utf8").trim();
}
