import type { ErrorDetails } from "../sightline-options.ts";
import { SightlineErrorBoundary } from "./sightline-error-boundary.ts";
import { tellError } from "./tell-error.ts";

interface RootErrorInfo {
  readonly componentStack?: string | undefined;
  readonly errorBoundary?: unknown;
}

type RootErrorHandler = (error: unknown, info: RootErrorInfo) => void;

/** The callbacks of `createRoot` and `hydrateRoot` that tell errors; React 18 knows the last one only. */
export interface RootErrorOptions {
  onUncaughtError?: RootErrorHandler;
  onCaughtError?: RootErrorHandler;
  onRecoverableError?: RootErrorHandler;
}

/**
 * `createRoot(element, sightlineRootOptions())`: errors of rendering, caught by any boundary or by
 * none, with the place in the component tree. Everything is printed as React prints it, unless `own`
 * has a callback for it.
 */
export function sightlineRootOptions<Own extends RootErrorOptions>(
  own?: Own,
): Own & Required<RootErrorOptions> {
  const { onUncaughtError, onCaughtError, onRecoverableError } = own ?? {};
  return {
    ...(own as Own),
    onUncaughtError: (error: unknown, info: RootErrorInfo) => {
      tell(error, info, { handled: false });
      (onUncaughtError ?? throwToWindow)(error, info);
    },
    onCaughtError: (error: unknown, info: RootErrorInfo) => {
      // Its boundary tells it itself, in React 17 and 18 too.
      const isToldByBoundary = info.errorBoundary instanceof SightlineErrorBoundary;
      if (!isToldByBoundary) tell(error, info, { handled: true });
      (onCaughtError ?? print)(error, info);
    },
    onRecoverableError: (error: unknown, info: RootErrorInfo) => {
      tell(error, info, { handled: true });
      (onRecoverableError ?? throwToWindow)(error, info);
    },
  };
}

function tell(error: unknown, info: RootErrorInfo, details: ErrorDetails): void {
  // What is no object cannot be recognised as told when it comes to the window or the console.
  if (typeof error !== "object" || error === null) return;
  const { componentStack } = info;
  tellError(error, {
    ...details,
    ...(componentStack === undefined ? {} : { componentStack }),
  });
}

/** As React does without a callback: other listeners of the page hear of it, and it is printed. */
function throwToWindow(error: unknown): void {
  if (typeof reportError === "function") reportError(error);
  else print(error);
}

function print(error: unknown): void {
  // biome-ignore lint/suspicious/noConsole: what React does without a callback.
  console.error(error);
}
