import { loggerHooks } from "../logs/logger-hooks.ts";
import type { WinstonTransport } from "./logger-class.ts";

type ConsoleTransport = Pick<WinstonTransport, "log">;
type ConsoleTransportClass = { readonly prototype: ConsoleTransport };

const PATCHED = Symbol.for("sightline.winston.console-transport.patched");

/** Whether a module's exports are winston's Console transport, by its shape. */
export function isConsoleTransportClass(value: unknown): value is ConsoleTransportClass {
  return (
    typeof value === "function" &&
    value.name === "Console" &&
    typeof (value.prototype as Partial<ConsoleTransport> | undefined)?.log === "function"
  );
}

/**
 * Marks what winston's Console transport prints as printed. With `forceConsole`, and where the
 * console is not Node's own (Jest), it prints through `console.log`, and behind a slow sibling it
 * does so some turns after the line was taken.
 *
 * @param target the class's prototype, or one transport of a bundle.
 */
export function patchConsoleTransport(target: ConsoleTransport): void {
  const original = target.log;
  if (Object.hasOwn(original, PATCHED)) return;
  const log = function log(this: ConsoleTransport, ...args: unknown[]): unknown {
    const before = loggerHooks.printing;
    loggerHooks.printing = "";
    try {
      return original.apply(this, args);
    } finally {
      loggerHooks.printing = before;
    }
  };
  Object.defineProperty(log, PATCHED, { value: true });
  // `transport.log.length` tells winston an old transport from a new one.
  Object.defineProperty(log, "length", { value: original.length });
  Object.defineProperty(target, "log", { value: log, writable: true, configurable: true });
}
