import { type ExportResult, ExportResultCode } from "@opentelemetry/core";
import type { Delivery } from "../delivery.ts";
import { type Clock, systemClock } from "../seams.ts";
import { type HandOverOptions, handOver } from "./hand-over.ts";

export interface ExporterOptions {
  readonly clock?: Clock | undefined;
  /** Bound of `forceFlush()`. Default 10,000. */
  readonly flushTimeoutMillis?: number | undefined;
}

/** What the exporter interfaces of the three SDKs have in common. */
export interface DeliveryExporter<Input> {
  export(input: Input, resultCallback: (result: ExportResult) => void): void;
  forceFlush(): Promise<void>;
  shutdown(): Promise<void>;
}

const FLUSH_TIMEOUT_MILLIS = 10_000;

/**
 * An exporter that reports success as soon as the delivery has the records: from there on nothing
 * is lost without being counted, and a retry by the SDK would only double it. Shutting it down
 * leaves the delivery running, because other exporters share it; who made the delivery ends it.
 */
export function createDeliveryExporter<Input, T>(
  kind: Pick<HandOverOptions<T>, "delivery" | "signal" | "serialize" | "severityNumberOf">,
  toRecords: (input: Input) => readonly T[],
  options: ExporterOptions,
): DeliveryExporter<Input> {
  const { delivery } = kind;
  const clock = options.clock ?? systemClock;
  const flush = () => flushQuietly(delivery, options.flushTimeoutMillis ?? FLUSH_TIMEOUT_MILLIS);
  let isShutDown = false;

  return {
    export(input, resultCallback) {
      if (isShutDown) {
        resultCallback({
          code: ExportResultCode.FAILED,
          error: new Error("exporter is shut down"),
        });
        return;
      }
      handOver(toRecords(input), { ...kind, nowUnixMillis: clock.now() });
      resultCallback({ code: ExportResultCode.SUCCESS });
    },
    forceFlush: flush,
    shutdown() {
      isShutDown = true;
      return flush();
    },
  };
}

/** A flush that runs out of time is no error of the host's: the delivery goes on trying. */
async function flushQuietly(delivery: Delivery, timeoutMillis: number): Promise<void> {
  await delivery.flush(timeoutMillis);
}
