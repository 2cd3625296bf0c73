import type { Context } from "@opentelemetry/api";

/** What all copies of `@opentelemetry/api` 1.x share; the version is that of the first to register. */
export type ApiGlobals = {
  readonly version?: string;
  context?: { active?(): Context };
  trace?: unknown;
  metrics?: unknown;
  propagation?: unknown;
  logs?: unknown;
  diag?: unknown;
};

const KEY = Symbol.for("opentelemetry.js.api.1");
const registry = globalThis as { [KEY]?: ApiGlobals };

let own: ApiGlobals | undefined;

/** What is registered now, by whatever copy. */
export function apiGlobals(): ApiGlobals | undefined {
  return registry[KEY];
}

/** The same, unless it is known to be ours. */
export function otherApiGlobals(): ApiGlobals | undefined {
  const globals = registry[KEY];
  return globals === own ? undefined : globals;
}

/** Remembers that our own copy registered, so that nothing is to be looked for elsewhere. */
export function noteOwnGlobals(): void {
  own = registry[KEY];
}

/**
 * A copy of another version that set a logger for diagnostics and nothing else would keep every other
 * copy out for good, and nobody would trace. Ours takes its place; the logger stays.
 */
export function replaceLoneDiag(register: () => void): void {
  const found = registry[KEY];
  const isLone =
    found !== undefined &&
    Object.keys(found).every((name) => name === "version" || name === "diag");
  if (!isLone) {
    register();
    return;
  }
  delete registry[KEY];
  register();
  const made = registry[KEY];
  if (made === undefined) registry[KEY] = found;
  else made.diag ??= found.diag;
}
