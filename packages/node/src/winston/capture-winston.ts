import { isLogger, type WinstonLogger } from "./logger-class.ts";
import { patchConsoleTransport } from "./patch-console-transport.ts";
import { patchWrite } from "./patch-write.ts";

/**
 * Captures the lines of a logger that was not found by itself: winston inside a bundle (esbuild,
 * webpack), or loaded through a loader that hides `require`. Harmless on one that was found.
 *
 * @returns the same logger, so that it can stand around `createLogger(...)`.
 * @throws TypeError when it is no winston 3 logger.
 */
export function captureWinston<Logger extends object>(logger: Logger): Logger {
  if (!isLogger(logger)) {
    throw new TypeError(
      "captureWinston: expected a logger made by winston 3's createLogger(), got something else",
    );
  }
  const root = rootOf(logger);
  patchWrite(root);
  for (const transport of root.transports ?? []) {
    if (transport.name === "console" && typeof transport.log === "function") {
      patchConsoleTransport(transport);
    }
  }
  return logger;
}

/** A child is an object over its parent and writes through it; only the stream itself is patched. */
function rootOf(logger: WinstonLogger): WinstonLogger {
  let current: WinstonLogger = logger;
  while (!Object.hasOwn(current, "_readableState")) {
    const parent: unknown = Object.getPrototypeOf(current);
    if (!isLogger(parent)) return logger;
    current = parent;
  }
  return current;
}
