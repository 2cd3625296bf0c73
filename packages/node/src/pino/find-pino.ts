import { listenToChannels } from "../listen-to-channels.ts";
import { loggerHooks } from "../logs/logger-hooks.ts";
import { requireHere } from "../require-here.ts";
import { patchAsJson, patchPinoOf, tellPinoHook } from "./patch-as-json.ts";
import { type PinoLogger, prototypeOf } from "./pino-class.ts";

const REQUIRE_ENDED = "tracing:module.require:end";
/** Published by newer versions of pino (10 does, 9.6 does not) for each line they made. */
const LINE_MADE = "tracing:pino_asJson:end";

const PROTOTYPE_REQUEST = "./lib/proto";
const PINO_FILE = /[\\/]pino\.js$/;
const PROTOTYPE_FILE = /[\\/]pino[^\\/]{0,80}[\\/]lib[\\/]proto\.js$/;

/**
 * Patches every copy of pino: those loaded already, and those still to come. Returns a function
 * that stops looking.
 *
 * Pino is CommonJS, so its parts are announced on Node's channel for `require`, as winston's are. A
 * copy inside a bundle shows itself with its first line where it is new enough; `capturePino` is
 * for the others.
 */
export function findPino(): () => void {
  for (const [file, module] of Object.entries(requireHere().cache)) {
    if (PROTOTYPE_FILE.test(file)) patchPrototypeOf(module?.exports);
  }
  return listenToChannels({ [REQUIRE_ENDED]: onRequireEnded, [LINE_MADE]: onLineMade });
}

function onRequireEnded(message: unknown): void {
  const { id, parentFilename, result } = message as Record<string, unknown>;
  if (id !== PROTOTYPE_REQUEST || typeof parentFilename !== "string") return;
  if (PINO_FILE.test(parentFilename)) patchPrototypeOf(result);
}

/** The module gives a function that makes an empty logger. */
function patchPrototypeOf(exports: unknown): void {
  const logger: unknown = typeof exports === "function" ? exports() : undefined;
  if (typeof logger === "object" && logger !== null) patchPinoOf(logger);
}

function onLineMade(message: unknown): void {
  // Each line of a patched copy comes by here as well.
  if (loggerHooks.isInPino) return;
  const { instance, arguments: args, result } = message as Record<string, unknown>;
  if (typeof instance !== "object" || instance === null || typeof result !== "string") return;
  const prototype = prototypeOf(instance);
  const hook = loggerHooks.pino;
  if (prototype === undefined || hook === undefined) return;
  patchAsJson(prototype);
  const [fields, , level, time] = args as ArrayLike<unknown> & Iterable<unknown>;
  tellPinoHook(hook, {
    logger: instance as PinoLogger,
    fields,
    level: Number(level),
    time: String(time),
    json: result,
  });
}
