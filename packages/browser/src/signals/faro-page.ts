import {
  BaseTransport,
  type Faro,
  InternalLoggerLevel,
  initializeFaro,
  type Meta,
  type TransportItem,
} from "@grafana/faro-core";
import { parseStacktrace, WebVitalsInstrumentation } from "@grafana/faro-web-sdk";

export interface FaroPageOptions {
  readonly meta: () => Meta;
  /** The item as it may be told; undefined: not at all. */
  readonly admit: (item: TransportItem) => TransportItem | undefined;
  readonly deliver: (item: TransportItem) => void;
}

/**
 * Faro with the parts that are used: its API, its payload and its web vitals. By the initialiser of
 * its core, because the one of the web SDK brings every instrumentation (25 KB of gzip) whichever are
 * chosen. Isolated: an app may have a Faro of its own.
 */
export function startFaro({ admit, deliver, meta }: FaroPageOptions): Faro {
  return initializeFaro({
    app: {},
    // The outbox gathers; a timer of four times a second would keep a phone awake.
    batching: { enabled: false },
    beforeSend: (item) => admit(item) ?? null,
    // Ours counts what it collapses.
    dedupe: false,
    globalObjectKey: "sightlineFaro",
    instrumentations: [new WebVitalsInstrumentation()],
    internalLoggerLevel: InternalLoggerLevel.OFF,
    isolate: true,
    metas: [meta],
    parseStacktrace,
    paused: false,
    preventGlobalExposure: true,
    transports: [new Delivery(deliver)],
    unpatchedConsole: { ...console },
  });
}

class Delivery extends BaseTransport {
  readonly name = "@sightline/browser";
  readonly version = "1";
  readonly #deliver: (item: TransportItem) => void;

  constructor(deliver: (item: TransportItem) => void) {
    super();
    this.#deliver = deliver;
  }

  send(items: TransportItem | TransportItem[]): void {
    for (const item of Array.isArray(items) ? items : [items]) this.#deliver(item);
  }
}
