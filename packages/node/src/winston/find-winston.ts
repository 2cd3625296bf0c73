import { listenToChannels } from "../listen-to-channels.ts";
import { requireHere } from "../require-here.ts";
import { isLoggerClass } from "./logger-class.ts";
import { isConsoleTransportClass, patchConsoleTransport } from "./patch-console-transport.ts";
import { patchWrite } from "./patch-write.ts";

const REQUIRE_ENDED = "tracing:module.require:end";
const REQUEST = /(?:^|[\\/])(?:logger|console)(?:\.js)?$/;
const FILE = /[\\/]winston[\\/]lib[\\/]winston[\\/](?:logger|transports[\\/]console)\.js$/;

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
  for (const [file, module] of Object.entries(requireHere().cache)) {
    if (FILE.test(file)) patchExports(module?.exports);
  }
  return listenToChannels({ [REQUIRE_ENDED]: onRequireEnded });
}

function onRequireEnded(message: unknown): void {
  const { id, result } = message as { id?: unknown; result?: unknown };
  // The name first: this runs for every module that the host loads.
  if (typeof id === "string" && REQUEST.test(id)) patchExports(result);
}

function patchExports(exports: unknown): void {
  if (isLoggerClass(exports)) patchWrite(exports.prototype);
  else if (isConsoleTransportClass(exports)) patchConsoleTransport(exports.prototype);
}
