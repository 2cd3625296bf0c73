import { createRequire } from "node:module";
import { join } from "node:path";

/**
 * `require` as seen from this package. In a CommonJS bundle `import.meta.url` is empty; there the
 * working directory stands in, below which the application's `node_modules` lies. The modules that
 * are loaded, `cache`, are the same from everywhere.
 */
export function requireHere(): NodeJS.Require {
  return createRequire(import.meta.url || join(process.cwd(), "package.json"));
}
