import type { Meter, Tracer } from "@opentelemetry/api";
import type { MetricProducer } from "@opentelemetry/sdk-metrics";
import type { Redactor } from "@sightline/core";
import {
  createDelivery,
  createLineSink,
  type Delivery,
  type FlushResult,
  type LineJournal,
  type LineSink,
  type Transport,
} from "@sightline/wire";
import type { NodeConfig } from "./config/node-config.ts";
import type { CardinalityGuard } from "./metrics/cardinality-guard.ts";
import { handOverLastMetrics, type LastMetrics } from "./metrics/last-metrics.ts";
import { createRedactorOf, deliveryOptionsOf } from "./parts-of-config.ts";
import { createProviders, type Providers } from "./providers.ts";
import type { SignalTaps } from "./signal-taps.ts";
import { SCOPE_NAME, SDK_VERSION } from "./version.ts";

/** From the APIs of OpenTelemetry to the wire. What is switched off is absent. */
export type Pipeline = Omit<Providers, "spanProcessor"> & {
  readonly delivery: Delivery;
  readonly redactor: Redactor;
  /** Takes records of every kind, redacted and limited; absent where logs are off. */
  readonly lines: LineSink | undefined;
  readonly meter: Meter | undefined;
  readonly tracer: Tracer | undefined;
  /** Has this run before anything is handed over: the last moment for records that still wait. */
  onHandOver(run: () => void): void;
  /** Bytes of lines and spans that are not serialized yet. */
  bufferedBytes(): number;
  /** Gives what is collected to the wire and waits for its acknowledgement. Never rejects. */
  flush(timeoutMillis: number): Promise<FlushResult>;
  /** The same before an end: where the receiver is away, the spool is enough. Never rejects. */
  flushOrSpool(timeoutMillis: number): Promise<FlushResult>;
  /** Flushes or spools, then ends. Never rejects. */
  shutdown(timeoutMillis: number): Promise<FlushResult>;
  /** For the last moment of a process: lines, spans and metrics of requests to the spool, at once. */
  saveSync(): void;
};

export type PipelineOptions = {
  /** Keeps each line where the death of this process cannot reach it. */
  readonly journal?: LineJournal | undefined;
  /** Asked at each export, beside the instruments of OpenTelemetry. */
  readonly metricProducers?: readonly MetricProducer[] | undefined;
  /** Those of them that the last moment of a process can still collect. */
  readonly lastMetrics?: LastMetrics | undefined;
  /** Bounds what those instruments measure. */
  readonly guard?: CardinalityGuard | undefined;
  /** For tests of the host: nothing leaves the process. */
  readonly taps?: SignalTaps | undefined;
};

/** Takes every batch and keeps none. */
const NOWHERE: Transport = {
  send: async () => ({ status: "success", rejectedRecords: 0 }),
  shutdown: () => undefined,
};

/** Builds the providers and exporters of one configuration. Starts no instrumentation. */
export function createPipeline(config: NodeConfig, options: PipelineOptions = {}): Pipeline {
  const delivery = createDelivery({
    ...deliveryOptionsOf(config),
    transport: options.taps && NOWHERE,
  });
  const redactor = createRedactorOf(config);
  const lines = createLines(config, delivery, options);
  const providers = createProviders({ config, delivery, redactor, lines, ...options });
  const { spanProcessor, loggerProvider, meterProvider, tracerProvider } = providers;

  const handOverListeners: (() => void)[] = [];

  function handOverSync(): void {
    for (const run of handOverListeners) run();
    lines?.handOver();
    spanProcessor?.handOver();
  }

  async function handOver(): Promise<void> {
    handOverSync();
    await meterProvider?.forceFlush().catch(() => undefined);
  }

  async function handOverThen(end: Delivery["flush"], timeoutMillis: number): Promise<FlushResult> {
    const deadlineMillis = Date.now() + timeoutMillis;
    await withDeadline(handOver(), timeoutMillis);
    return end(Math.max(0, deadlineMillis - Date.now()));
  }

  return {
    delivery,
    redactor,
    loggerProvider,
    meterProvider,
    tracerProvider,
    sampler: providers.sampler,
    traceIds: providers.traceIds,
    lines,
    meter: meterProvider?.getMeter(SCOPE_NAME, SDK_VERSION),
    tracer: tracerProvider?.getTracer(SCOPE_NAME, SDK_VERSION),
    onHandOver: (run) => void handOverListeners.push(run),
    bufferedBytes: () => (lines?.queuedBytes() ?? 0) + (spanProcessor?.queuedBytes() ?? 0),
    flush: (timeoutMillis) => handOverThen(delivery.flush, timeoutMillis),
    flushOrSpool: (timeoutMillis) => handOverThen(delivery.flushOrSpool, timeoutMillis),
    async shutdown(timeoutMillis) {
      const deadlineMillis = Date.now() + timeoutMillis;
      handOverSync();
      const all = [loggerProvider, meterProvider, tracerProvider];
      const ended = Promise.allSettled(all.map((provider) => provider?.shutdown()));
      // Half the time: the other half belongs to the wire, which has to send or to spool it still.
      await withDeadline(ended, timeoutMillis / 2);
      return delivery.shutdown(Math.max(0, deadlineMillis - Date.now()));
    },
    saveSync() {
      handOverSync();
      // Of metrics only these: collecting the others takes several turns, which a process that exits
      // has not. Begun here, it could only leave half a file behind.
      const { lastMetrics } = options;
      if (config.metrics && lastMetrics !== undefined) {
        handOverLastMetrics(lastMetrics, delivery, config.resourceAttributes);
      }
      delivery.saveSync();
    },
  };
}

function createLines(
  config: NodeConfig,
  delivery: Delivery,
  { journal, taps }: PipelineOptions,
): LineSink | undefined {
  if (config.logs === "off") return undefined;
  const scope = { name: SCOPE_NAME, version: SDK_VERSION };
  const sink = createLineSink({ delivery, resource: config.resourceAttributes, scope, journal });
  return taps === undefined ? sink : { ...sink, emit: taps.onRecord };
}

async function withDeadline(work: Promise<unknown>, timeoutMillis: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, timeoutMillis);
  });
  await Promise.race([work, deadline]);
  clearTimeout(timer);
}
