import { createRequire } from "node:module";

const manifest = createRequire(import.meta.url)("../package.json") as { version: string };

/** Read from our own package.json, so that a release cannot ship another number. */
export const VERSION: string = manifest.version;
