import { BaseTransport, type Transport, type TransportItem, VERSION } from "@grafana/faro-web-sdk";
import type { Outbox } from "./queue/outbox.ts";

/** Hands items to the outbox at once; Faro's own batching would keep them in memory meanwhile. */
export function createTransport(outbox: Pick<Outbox, "add">): Transport {
  return new OutboxTransport(outbox);
}

class OutboxTransport extends BaseTransport {
  readonly name = "@sightline/browser:transport-outbox";
  readonly version = VERSION;
  readonly #outbox: Pick<Outbox, "add">;

  constructor(outbox: Pick<Outbox, "add">) {
    super();
    this.#outbox = outbox;
  }

  send(items: TransportItem | TransportItem[]): void {
    this.#outbox.add(Array.isArray(items) ? items : [items]);
  }
}
