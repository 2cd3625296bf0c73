import { createRequire } from "node:module";
import { listenToChannels } from "../listen-to-channels.ts";
import { isLoggerClass } from "./logger-class.ts";
import { patchWrite } from "./patch-write.ts";

const REQUIRE_ENDED = "tracing:module.require:end";
const LOGGER_REQUEST = /(?:^|[\\/])logger(?:\.js)?$/;
const LOGGER_FILE = /[\\/]winston[\\/]lib[\\/]winston[\\/]logger\.js$/;

/**
 * Patches every copy of winston: those loaded already, and those still to come. Returns a function
 * that stops looking.
 *
 * Winston is CommonJS, so even `import winston from "winston"` loads its parts through `require`,
 * which Node announces on a diagnostics channel. That needs no loader hook: hooks slow every
 * module down, and on Node 22.15 `module.registerHooks` beside another loader (tsx, an APM) fails
 * with ERR_INVALID_RETURN_PROPERTY_VALUE. A bundled winston is not announced: `captureWinston`.
 */
export function findWinston(): () => void {
  for (const [file, module] of Object.entries(createRequire(import.meta.url).cache)) {
    if (LOGGER_FILE.test(file) && isLoggerClass(module?.exports)) {
      patchWrite(module.exports.prototype);
    }
  }
  return listenToChannels({ [REQUIRE_ENDED]: onRequireEnded });
}

function onRequireEnded(message: unknown): void {
  const { id, result } = message as { id?: unknown; result?: unknown };
  // The name first: this runs for every module that the host loads.
  if (typeof id !== "string" || !LOGGER_REQUEST.test(id)) return;
  if (isLoggerClass(result)) patchWrite(result.prototype);
}
