import { context, logs, metrics, propagation, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import {
  CompositePropagator,
  W3CBaggagePropagator,
  W3CTraceContextPropagator,
} from "@opentelemetry/core";
import type { Pipeline } from "./pipeline.ts";
import { noteOwnGlobals, replaceLoneDiag } from "./traces/api-globals.ts";
import { connectEarlyTracers } from "./traces/early-tracers.ts";

export type RegisteredGlobals = {
  /** False when another OpenTelemetry SDK traces this process already. */
  readonly hasTracing: boolean;
  /** Takes back what was registered, and nothing else. */
  unregister(): void;
};

/**
 * Makes our providers those of the `@opentelemetry/api`, so that spans, metrics and records of the
 * host's own libraries come along. What another SDK has registered stays: our logs and metrics then
 * use their own providers, and tracing is left to it, since two tracers would each show half a trace.
 */
export function registerGlobals(pipeline: Pipeline): RegisteredGlobals {
  const undo: (() => void)[] = [];
  const { loggerProvider, meterProvider, tracerProvider } = pipeline;

  function note(isSet: boolean, disable: () => void): boolean {
    if (isSet) undo.push(disable);
    return isSet;
  }

  function registerTracing(): boolean {
    if (tracerProvider === undefined) return false;
    const manager = new AsyncLocalStorageContextManager().enable();
    if (!note(context.setGlobalContextManager(manager), () => context.disable())) return false;
    if (!note(trace.setGlobalTracerProvider(tracerProvider), () => trace.disable())) {
      undo.pop()?.();
      return false;
    }
    const propagator = new CompositePropagator({
      propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()],
    });
    note(propagation.setGlobalPropagator(propagator), () => propagation.disable());
    return true;
  }

  let hasTracing = false;
  replaceLoneDiag(() => {
    hasTracing = registerTracing();
    if (meterProvider !== undefined) {
      note(metrics.setGlobalMeterProvider(meterProvider), () => metrics.disable());
    }
    if (loggerProvider !== undefined) {
      note(logs.setGlobalLoggerProvider(loggerProvider), () => logs.disable());
    }
  });
  if (hasTracing && tracerProvider !== undefined) {
    noteOwnGlobals();
    connectEarlyTracers(tracerProvider);
  }
  return {
    hasTracing,
    unregister() {
      for (const disable of undo.splice(0).reverse()) disable();
    },
  };
}
