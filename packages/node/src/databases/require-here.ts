import { createRequire } from "node:module";
import { join } from "node:path";

/**
 * `require` as seen from this file. Inside a CommonJS bundle `import.meta.url` is empty; there the
 * working directory stands in, below which the application's `node_modules` lies.
 */
export function requireHere(): NodeJS.Require {
  return createRequire(import.meta.url || join(process.cwd(), "package.json"));
}
