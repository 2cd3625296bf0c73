import type { Delivery } from "../delivery.ts";
import { type Cancel, type Clock, systemClock } from "../seams.ts";
import type { CollectableMetricStore } from "./create-metric-store.ts";
import { exportMetrics } from "./export-metrics.ts";

export interface StoreExporterOptions {
  readonly store: CollectableMetricStore;
  readonly delivery: Pick<Delivery, "enqueue" | "countDropped">;
  readonly intervalMillis: number;
  readonly clock?: Clock;
  /**
   * Runs before each export, to set what is only read then. One that hangs is waited for half an
   * interval: what others measured must not wait for it.
   */
  readonly beforeCollect?: () => void | Promise<void>;
  /** Told when `beforeCollect` fails; the export goes on. */
  readonly onError?: (error: unknown) => void;
}

export interface StoreExporter {
  /** Exports now, after an export that is under way. Never rejects. */
  collectNow(): Promise<void>;
  /** Exports a last time and ends. A second call waits for the first. */
  stop(): Promise<void>;
}

export function createStoreExporter(options: StoreExporterOptions): StoreExporter {
  const { store, delivery, intervalMillis, beforeCollect, onError } = options;
  const clock = options.clock ?? systemClock;
  let last: Promise<void> = Promise.resolve();
  let cancelTimer: Cancel | undefined;
  let stopping: Promise<void> | undefined;

  function arm(): void {
    if (stopping !== undefined) return;
    cancelTimer = clock.after(intervalMillis, () => {
      // Armed after the export, so that a slow one does not pile up behind itself.
      void collectNow().finally(arm);
    });
  }

  function collectNow(): Promise<void> {
    last = last.then(collect);
    return last;
  }

  async function collect(): Promise<void> {
    await prepare();
    exportMetrics(store, delivery, { nowMillis: clock.now() });
  }

  async function prepare(): Promise<void> {
    if (beforeCollect === undefined) return;
    let cancel: Cancel | undefined;
    const timeout = new Promise<void>((resolve) => {
      cancel = clock.after(intervalMillis / 2, resolve, true);
    });
    try {
      await Promise.race([beforeCollect(), timeout]);
    } catch (error) {
      onError?.(error);
    } finally {
      cancel?.();
    }
  }

  arm();

  return {
    collectNow,
    stop() {
      stopping ??= (async () => {
        cancelTimer?.();
        await collectNow();
      })();
      return stopping;
    },
  };
}
