import {
  type Faro,
  InternalLoggerLevel,
  initializeFaro,
  type Meta,
  type TransportItem,
} from "@grafana/faro-core";
import { parseStacktrace, WebVitalsInstrumentation } from "@grafana/faro-web-sdk";
import { createTransport } from "../transport.ts";

export interface FaroPageOptions {
  readonly meta: () => Meta;
  /** The item as it may be told; undefined: not at all. */
  readonly admit: (item: TransportItem) => TransportItem | undefined;
  readonly deliver: (items: readonly TransportItem[]) => void;
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
    transports: [createTransport({ add: deliver })],
    unpatchedConsole: { ...console },
    // Addresses of what was slow or large; their queries are masked as all texts are.
    webVitalsInstrumentation: { trackAttributionSources: true },
  });
}
