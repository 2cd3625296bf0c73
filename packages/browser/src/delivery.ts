import type { TransportItem } from "@grafana/faro-core";
import { createHeldItems } from "./held-items.ts";
import { outsideZones } from "./page/natives.ts";
import { createOutbox } from "./queue/create-outbox.ts";
import type { Outbox, OutboxOptions } from "./queue/outbox.ts";

/** Where a page's items go, as far as the user has consented. */
export interface Delivery {
  deliver(items: readonly TransportItem[]): void;
  /**
   * What was held goes on its way, and everything from here on.
   *
   * @param complete adds what was not known while they were held.
   * @returns how many had to be dropped meanwhile.
   */
  release(complete: (item: TransportItem) => TransportItem): number;
  /** Drops everything, also what earlier visits left, and everything from here on. */
  forget(): void;
  flush(timeoutMillis: number): Promise<"sent" | "waiting">;
  stop(): void;
}

export function createDelivery(options: OutboxOptions, isReleased: boolean): Delivery {
  const held = createHeldItems();
  let mode: "send" | "hold" | "drop" = isReleased ? "send" : "hold";
  let outbox: Outbox | undefined;
  let clearing: Promise<void> | undefined;

  const send = (items: readonly TransportItem[]): void => {
    if (items.length === 0) return;
    outsideZones(() => {
      outbox ??= createOutbox(options);
      outbox.add(items);
    });
  };
  const hold = (items: readonly TransportItem[]): void => {
    for (const item of items) held.add(item);
  };
  const sendHeld = (): void => {
    clearing = undefined;
    if (mode === "send") send(held.take().items);
  };

  return {
    deliver: (items) => {
      // What comes while the store is emptied must not be taken for what is to be forgotten.
      if (mode === "hold" || (mode === "send" && clearing !== undefined)) hold(items);
      else if (mode === "send") send(items);
    },
    release: (complete) => {
      mode = "send";
      const { dropped, items } = held.take();
      const completed = items.map(complete);
      if (clearing === undefined) send(completed);
      else hold(completed);
      return dropped;
    },
    forget: () => {
      mode = "drop";
      held.take();
      const forgotten = outsideZones(() => outbox ?? createOutbox(options));
      outbox = undefined;
      clearing = forgotten.clear().finally(() => {
        forgotten.stop();
        sendHeld();
      });
      clearing.catch(() => undefined);
    },
    flush: async (timeoutMillis) => {
      if (mode === "hold") return "waiting";
      await clearing?.catch(() => undefined);
      return (await outsideZones(() => outbox?.flush(timeoutMillis))) ?? "sent";
    },
    stop: () => {
      mode = "drop";
      outbox?.stop();
    },
  };
}
