/** Registry of `@opentelemetry/api` 1.x; the loggers that `diag.setLogger()` was given are in it. */
const API = Symbol.for("opentelemetry.js.api.1");
const METHODS = ["error", "warn", "info", "debug", "verbose"] as const;

type DiagLogger = Record<string, unknown>;

let known: unknown;
let depth = 0;

/**
 * Whether OpenTelemetry's own diagnostics are printing now. They tell of failed exports: taken as
 * lines, each would bring the next export and so the next of them.
 *
 * What `diag.setLogger()` set is wrapped when it is met for the first time, which is one comparison
 * a call.
 */
export function isDiagPrinting(): boolean {
  const current = (globalThis as { [API]?: { diag?: unknown } })[API]?.diag;
  if (current !== known) {
    known = current;
    if (typeof current === "object" && current !== null) wrap(current as DiagLogger);
  }
  return depth > 0;
}

function wrap(logger: DiagLogger): void {
  for (const method of METHODS) {
    const original = logger[method];
    if (typeof original !== "function") continue;
    logger[method] = (...args: unknown[]): unknown => {
      depth += 1;
      try {
        return original.apply(logger, args);
      } finally {
        depth -= 1;
      }
    };
  }
}
