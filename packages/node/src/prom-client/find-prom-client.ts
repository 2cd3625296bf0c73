import { listenToChannels } from "../listen-to-channels.ts";
import { requireHere } from "../require-here.ts";
import { addRegistry, isRegistry } from "./registry.ts";

const REQUIRE_ENDED = "tracing:module.require:end";
const REGISTRY_REQUEST = /(?:^|[\\/])registry(?:\.js)?$/;
const REGISTRY_FILE = /[\\/]prom-client[\\/]lib[\\/]registry\.js$/;

/**
 * Finds the default registry of every copy of prom-client: of those loaded already, and of those
 * still to come. Returns a function that stops looking.
 *
 * prom-client is CommonJS, so even `import client from "prom-client"` loads its parts through
 * `require`, which Node announces on a diagnostics channel: no loader hook is needed. A bundled one
 * is not announced: `exportRegistry`.
 */
export function findPromClient(): () => void {
  for (const [file, module] of Object.entries(requireHere().cache)) {
    if (REGISTRY_FILE.test(file)) addGlobalRegistry(module?.exports);
  }
  return listenToChannels({ [REQUIRE_ENDED]: onRequireEnded });
}

function onRequireEnded(message: unknown): void {
  const { id, result } = message as { id?: unknown; result?: unknown };
  // The name first: this runs for every module that the host loads.
  if (typeof id !== "string" || !REGISTRY_REQUEST.test(id)) return;
  addGlobalRegistry(result);
}

/** The module is the class Registry, with the default registry as its property. */
function addGlobalRegistry(moduleExports: unknown): void {
  if (typeof moduleExports !== "function") return;
  const { globalRegistry } = moduleExports as { globalRegistry?: unknown };
  if (isRegistry(globalRegistry)) addRegistry(globalRegistry);
}
