import { type DropReason, RESOURCE } from "@sightline/core";
import { createDelivery, createLineSink, type FlushResult, systemClock } from "@sightline/wire";
import type { NodeConfig } from "../config/node-config.ts";
import { createErrorRecords } from "../logs/error-records.ts";
import { createLineEmitter } from "../logs/line-emitter.ts";
import type { LogLine } from "../logs/log-line.ts";
import { createRedactorOf, deliveryOptionsOf } from "../parts-of-config.ts";
import { SCOPE_NAME, SDK_VERSION } from "../version.ts";

/** Sends lines and nothing else: no SDK of OpenTelemetry, no metrics, no traces. */
export interface LineSender {
  emit(line: LogLine): void;
  /** Waits until everything emitted so far is acknowledged. Never rejects. */
  flush(timeoutMillis: number): Promise<FlushResult>;
  /** The same before an end: where the receiver is away, the spool is enough. Never rejects. */
  flushOrSpool(timeoutMillis: number): Promise<FlushResult>;
  /** Flushes or spools, then ends. Never rejects. */
  shutdown(timeoutMillis: number): Promise<FlushResult>;
  countDropped(reason: DropReason): void;
}

export function createLineSender(config: NodeConfig): LineSender {
  const delivery = createDelivery(deliveryOptionsOf(config));
  const lines = createLineSink({
    delivery,
    resource: config.resourceAttributes,
    scope: { name: SCOPE_NAME, version: SDK_VERSION },
  });
  const errors = createErrorRecords({
    emit: lines.emit,
    clock: systemClock,
    release: config.resourceAttributes[RESOURCE.serviceVersion],
  });
  const redactor = createRedactorOf(config);

  function handOver(): void {
    errors.flush();
    lines.handOver();
  }

  const stopWatching = watchEnd({
    onBeforeExit() {
      handOver();
      void delivery.flushOrSpool(config.flushTimeoutMillis);
    },
    onExit() {
      handOver();
      delivery.saveSync();
    },
  });

  return {
    emit: createLineEmitter({ lines, redactor, errors }),
    flush(timeoutMillis) {
      handOver();
      return delivery.flush(timeoutMillis);
    },
    flushOrSpool(timeoutMillis) {
      handOver();
      return delivery.flushOrSpool(timeoutMillis);
    },
    shutdown(timeoutMillis) {
      stopWatching();
      handOver();
      return delivery.shutdown(timeoutMillis);
    },
    countDropped: (reason) => delivery.countDropped("logs", reason, 1),
  };
}

type EndListeners = { readonly onBeforeExit: () => void; readonly onExit: () => void };

function watchEnd({ onBeforeExit, onExit }: EndListeners): () => void {
  // Once: waiting for an answer wakes the loop, so each flush brings another `beforeExit`.
  process.once("beforeExit", onBeforeExit);
  process.on("exit", onExit);
  return () => {
    process.off("beforeExit", onBeforeExit);
    process.off("exit", onExit);
  };
}
