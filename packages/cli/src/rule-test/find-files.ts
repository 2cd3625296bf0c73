import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";

/** How test files are called; they stand beside sightline.yaml. */
export const TEST_FILE_ENDING = /\.sightline-test\.ya?ml$/;

/** The test files beside a specification, sorted by name, as paths like the specification's. */
export function findTestFiles(specFile: string): readonly string[] {
  const folder = dirname(specFile);
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => TEST_FILE_ENDING.test(entry.name) && !entry.isDirectory())
    .map(({ name }) => (folder === "." ? name : join(folder, name)))
    .sort();
}
