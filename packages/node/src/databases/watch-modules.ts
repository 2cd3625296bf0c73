import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { listenToChannels } from "../listen-to-channels.ts";
import { requireHere } from "../require-here.ts";
import type { DatabaseName } from "./database-names.ts";
import { keyOfFile, moduleKeys, packageOfKey } from "./module-key.ts";

const REQUIRE_ENDED = "tracing:module.require:end";
/** What was patched stays patched, so a second `start` must know of it. */
const seen = new WeakMap<ModuleHandler, WeakSet<object>>();

/** What to do with a file of a package, by its name below `node_modules`. */
export type ModuleHandler = {
  readonly database: DatabaseName;
  /** Names of one module, such as `pg/lib/client.js`, or `ioredis` for what the package exports. */
  readonly keys: readonly string[];
  /** False for exports of a module that is still being loaded, in a circle. */
  isReady(exports: unknown): boolean;
  /** Called once for each copy. May throw: the module then stays as it is. */
  patch(exports: unknown, version: string | undefined, key: string): void;
};

/**
 * Hands over the modules of these names: those loaded already, and those to come. Returns a function
 * that stops looking.
 *
 * Node announces each `require` on a diagnostics channel, also where an ES module imports CommonJS,
 * which every driver here is. So no loader hook is needed, and nothing is paid by a service that
 * loads no driver.
 */
export function watchModules(handlers: readonly ModuleHandler[]): () => void {
  const byKey = new Map<string, ModuleHandler[]>();
  for (const handler of handlers) {
    for (const key of handler.keys) byKey.set(key, [...(byKey.get(key) ?? []), handler]);
  }

  function offer(keys: readonly string[], exports: unknown, findFile: () => string | undefined) {
    if ((typeof exports !== "object" && typeof exports !== "function") || exports === null) return;
    for (const key of keys) {
      for (const handler of byKey.get(key) ?? []) {
        const patched = seen.get(handler) ?? new WeakSet();
        seen.set(handler, patched);
        if (patched.has(exports) || !handler.isReady(exports)) continue;
        patched.add(exports);
        patchSafely(handler, key, exports, findFile());
      }
    }
  }

  for (const [file, module] of Object.entries(requireHere().cache)) {
    const key = keyOfFile(file);
    if (key !== undefined) offer([key], module?.exports, () => file);
  }
  const packages = [...new Set(handlers.flatMap(({ keys }) => keys.map(packageOfKey)))];
  // The first look at every require of the host: one test of one text.
  const isOurs = new RegExp(`(?:^|[\\\\/])(?:${packages.join("|")})(?:$|[\\\\/])`);
  return listenToChannels({
    [REQUIRE_ENDED](message) {
      const { id, parentFilename, result } = message as RequireMessage;
      if (typeof id !== "string") return;
      const parent = typeof parentFilename === "string" ? parentFilename : undefined;
      if (!isOurs.test(id.startsWith(".") ? (parent ?? "") : id)) return;
      offer(moduleKeys(id, parent), result, () => resolveFile(id, parent));
    },
  });
}

type RequireMessage = { id?: unknown; parentFilename?: unknown; result?: unknown };

function patchSafely(
  handler: ModuleHandler,
  key: string,
  exports: unknown,
  file: string | undefined,
): void {
  try {
    handler.patch(exports, file === undefined ? undefined : readVersion(file, key), key);
  } catch {
    // A driver of a shape that is not known: it works on, unmeasured.
  }
}

function resolveFile(id: string, parentFilename: string | undefined): string | undefined {
  try {
    return createRequire(parentFilename ?? join(process.cwd(), "package.json")).resolve(id);
  } catch {
    return undefined;
  }
}

function readVersion(file: string, key: string): string | undefined {
  const name = packageOfKey(key);
  const path = file.replaceAll("\\", "/");
  const end = path.lastIndexOf(`/node_modules/${name}/`) + `/node_modules/${name}`.length;
  try {
    const { version } = JSON.parse(readFileSync(`${path.slice(0, end)}/package.json`, "utf8"));
    return typeof version === "string" ? version : undefined;
  } catch {
    return undefined;
  }
}
