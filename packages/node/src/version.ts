import { createRequire } from "node:module";

const manifest = createRequire(import.meta.url)("../package.json") as { version: string };

/** Read from our own package.json, so that a release cannot ship another number. */
export const SDK_VERSION: string = manifest.version;

/** Instrumentation scope of every signal made here. */
export const SCOPE_NAME = "@sightline/node";
