import type { TracerProvider } from "@opentelemetry/api";
import { requireHere } from "../require-here.ts";

/** The part of `trace` in `@opentelemetry/api` 1.x that hands out tracers before there is an SDK. */
type TraceApi = {
  readonly _proxyTracerProvider?: {
    readonly _delegate?: unknown;
    setDelegate?(provider: TracerProvider): void;
  };
};

/**
 * Makes tracers work that CommonJS libraries asked for before the start. They hold a stand-in that
 * belongs to their own copy of the API, and the CommonJS build beside our ES one is a copy too; the
 * registration reaches the stand-ins of the copy that registers, and no other.
 */
export function connectEarlyTracers(provider: TracerProvider): void {
  for (const [file, module] of Object.entries(requireHere().cache)) {
    if (!/[\\/]@opentelemetry[\\/]api[\\/]/.test(file)) continue;
    try {
      const proxy = (module?.exports as { trace?: TraceApi } | undefined)?.trace
        ?._proxyTracerProvider;
      if (proxy?._delegate === undefined) proxy?.setDelegate?.(provider);
    } catch {
      // A build of another shape: its early tracers stay without effect.
    }
  }
}
