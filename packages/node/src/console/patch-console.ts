import { loggerHooks } from "../logs/logger-hooks.ts";

/**
 * Methods that print by themselves. The others go through these: `assert` through `warn`; `table`,
 * `count`, `group`, `timeLog` and `timeEnd` through `log`.
 */
export const CONSOLE_METHODS = [
  "log",
  "info",
  "warn",
  "error",
  "debug",
  "trace",
  "dir",
  "dirxml",
] as const;
export type ConsoleMethod = (typeof CONSOLE_METHODS)[number];

/**
 * Told of each call before it prints.
 *
 * @param caller where a stack of this call begins.
 */
export type ConsoleHook = (
  method: ConsoleMethod,
  args: readonly unknown[],
  caller: (...args: unknown[]) => unknown,
) => void;

/** Registered, so that a second copy of this package leaves what is patched. */
const PATCHED = Symbol.for("sightline.console.patched");

type Print = (...args: unknown[]) => unknown;
type Printer = Record<ConsoleMethod, Print>;

/** Sets who is told of what the console prints; undefined makes every patch a pass-through. */
export function setConsoleHook(next: ConsoleHook | undefined): void {
  loggerHooks.console = next;
}

/**
 * Puts the hook before each method of a console. Returns the way back, which leaves a method alone
 * that somebody else has replaced since.
 */
export function patchConsole(target: object): () => void {
  const printer = target as Printer;
  const undo = CONSOLE_METHODS.map((method) => patchMethod(printer, method));
  return () => {
    for (const step of undo) step();
  };
}

function patchMethod(target: Printer, method: ConsoleMethod): () => void {
  const original = target[method];
  if (typeof original !== "function" || Object.hasOwn(original, PATCHED)) return () => undefined;
  const patched = createPatched(method, original);
  const descriptor = Object.getOwnPropertyDescriptor(target, method);
  try {
    target[method] = patched;
  } catch {
    // A frozen console stays as it is.
    return () => undefined;
  }
  return () => {
    if (target[method] !== patched) return;
    if (descriptor === undefined) Reflect.deleteProperty(target, method);
    else Object.defineProperty(target, method, descriptor);
  };
}

function createPatched(method: ConsoleMethod, original: Print): Print {
  // Node's `trace` prints through `error`, which would be a second line.
  const isNested = method === "trace";
  const patched = function (this: unknown, ...args: unknown[]): unknown {
    const hook = loggerHooks.console;
    if (hook === undefined) return original.apply(this, args);
    // The host's own code, called while a line is read, prints when it is called for the line itself.
    if (loggerHooks.isReading) return undefined;
    tell(hook, method, args, patched);
    if (!isNested) return original.apply(this, args);
    loggerHooks.console = undefined;
    try {
      return original.apply(this, args);
    } finally {
      loggerHooks.console = hook;
    }
  };
  Object.defineProperty(patched, PATCHED, { value: true });
  Object.defineProperty(patched, "name", { value: original.name, configurable: true });
  return patched;
}

function tell(
  hook: ConsoleHook,
  method: ConsoleMethod,
  args: readonly unknown[],
  caller: Print,
): void {
  loggerHooks.isReading = true;
  try {
    hook(method, args, caller);
  } catch {
    // The host's own print comes, or fails, as it would without us.
  } finally {
    loggerHooks.isReading = false;
  }
}
