import { BaseTransport, type Transport, type TransportItem, VERSION } from "@grafana/faro-web-sdk";
import type { Outbox } from "./queue/outbox.ts";

/** Hands items to the outbox at once; Faro's own batching would keep them in memory meanwhile. */
export function createTransport(outbox: Outbox, ignoreUrls: readonly string[] = []): Transport {
  return new OutboxTransport(outbox, ignoreUrls);
}

class OutboxTransport extends BaseTransport {
  readonly name = "@sightline/browser:transport-outbox";
  readonly version = VERSION;
  readonly #outbox: Outbox;
  readonly #ignoreUrls: readonly string[];

  constructor(outbox: Outbox, ignoreUrls: readonly string[]) {
    super();
    this.#outbox = outbox;
    this.#ignoreUrls = ignoreUrls;
  }

  send(items: TransportItem | TransportItem[]): void {
    this.#outbox.add(Array.isArray(items) ? items : [items]);
  }

  override getIgnoreUrls(): string[] {
    return [...this.#ignoreUrls];
  }
}
