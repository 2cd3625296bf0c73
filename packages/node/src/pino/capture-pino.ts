import { patchPinoOf } from "./patch-as-json.ts";

/**
 * Captures the lines of a pino logger that was not found by itself: pino 9 inside a bundle
 * (esbuild, webpack). All loggers of the same copy of pino come along. Harmless on one that was
 * found.
 *
 * @returns the same logger, so that it can stand around `pino(...)`.
 * @throws TypeError when it is no pino logger.
 */
export function capturePino<Logger extends object>(logger: Logger): Logger {
  const isObject = typeof logger === "object" && logger !== null;
  if (!isObject || !patchPinoOf(logger)) {
    throw new TypeError("capturePino: expected a logger made by pino(), got something else");
  }
  return logger;
}
