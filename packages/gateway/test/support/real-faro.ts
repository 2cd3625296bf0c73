import {
  type API,
  BaseTransport,
  getTransportBody,
  InternalLoggerLevel,
  initializeFaro,
  type Meta,
  type TransportBody,
  type TransportItem,
} from "@grafana/faro-core";
import { parseStacktrace } from "@grafana/faro-web-sdk";

class Collected extends BaseTransport {
  override readonly name = "collected";
  override readonly version = "1";
  readonly items: TransportItem[] = [];
  override send(items: TransportItem | TransportItem[]): void {
    this.items.push(...(Array.isArray(items) ? items : [items]));
  }
}

/** What the real Faro makes of calls to its API, as it goes over the wire. */
export function payloadOf(meta: Meta, use: (api: API) => void): TransportBody {
  const transport = new Collected();
  const faro = initializeFaro({
    app: {},
    batching: { enabled: false },
    dedupe: false,
    instrumentations: [],
    internalLoggerLevel: InternalLoggerLevel.OFF,
    isolate: true,
    metas: [() => meta],
    parseStacktrace,
    paused: false,
    preventGlobalExposure: true,
    transports: [transport],
    unpatchedConsole: console,
  } as unknown as Parameters<typeof initializeFaro>[0]);
  use(faro.api);
  // As JSON, because that is all that arrives.
  return JSON.parse(JSON.stringify(getTransportBody(transport.items))) as TransportBody;
}
