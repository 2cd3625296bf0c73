import type { Logger, Meter, Tracer } from "@opentelemetry/api";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { LoggerProvider } from "@opentelemetry/sdk-logs";
import { MeterProvider, PeriodicExportingMetricReader } from "@opentelemetry/sdk-metrics";
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  type Sampler,
  type SpanExporter,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from "@opentelemetry/sdk-trace";
import { createRedactor, type Redactor } from "@sightline/core";
import {
  createDelivery,
  createLogProcessor,
  createMetricExporter,
  createSpanExporter,
  type Delivery,
  type FlushResult,
  type LogProcessor,
} from "@sightline/wire";
import type { NodeConfig, SamplerConfig } from "./config/node-config.ts";
import { redactRecord, redactSpan } from "./redact-signals.ts";
import { SCOPE_NAME, SDK_VERSION } from "./version.ts";

/** Spans wait less than the SDK's 5 s, so that a trace is there when its log line is. */
const SPAN_DELAY_MILLIS = 1_000;
/** Flushing a provider only hands over to the wire; waiting for the receiver is the wire's part. */
const NO_WAIT = { flushTimeoutMillis: 0 };

/** From the APIs of OpenTelemetry to the wire. What is switched off is absent. */
export type Pipeline = {
  readonly delivery: Delivery;
  readonly redactor: Redactor;
  readonly loggerProvider: LoggerProvider | undefined;
  readonly meterProvider: MeterProvider | undefined;
  readonly tracerProvider: TracerProvider | undefined;
  readonly logger: Logger | undefined;
  readonly meter: Meter | undefined;
  readonly tracer: Tracer | undefined;
  /** Bytes of lines that are not serialized yet. */
  bufferedBytes(): number;
  /** Gives what is collected to the wire and waits for its acknowledgement. Never rejects. */
  flush(timeoutMillis: number): Promise<FlushResult>;
  /** The same before an end: where the receiver is away, the spool is enough. Never rejects. */
  flushOrSpool(timeoutMillis: number): Promise<FlushResult>;
  /** Flushes or spools, then ends. Never rejects. */
  shutdown(timeoutMillis: number): Promise<FlushResult>;
  /** For the last moment of a process: lines and spans to the spool, at once. */
  saveSync(): void;
};

/** Builds the providers and exporters of one configuration. Starts no instrumentation. */
export function createPipeline(config: NodeConfig): Pipeline {
  const delivery = createDelivery({
    endpoint: config.endpoint,
    endpoints: config.endpoints,
    headers: config.headers,
    compression: config.compression,
    timeoutMillis: config.exportTimeoutMillis,
    maxMemoryBytes: config.maxMemoryBytes,
    spool: config.spool,
    userAgent: `sightline-node/${SDK_VERSION}`,
  });
  const resource = resourceFromAttributes({ ...config.resourceAttributes });

  const redactor = createRedactor(config.redaction);

  const logProcessor = config.logs === "off" ? undefined : createLogProcessor(delivery, NO_WAIT);
  const loggerProvider =
    logProcessor &&
    new LoggerProvider({ resource, processors: [redactForeignRecords(logProcessor, redactor)] });
  const meterProvider = config.metrics
    ? new MeterProvider({
        resource,
        readers: [
          new PeriodicExportingMetricReader({
            exporter: createMetricExporter(delivery, NO_WAIT),
            exportIntervalMillis: config.metricIntervalMillis,
            exportTimeoutMillis: Math.min(config.metricIntervalMillis, config.exportTimeoutMillis),
          }),
        ],
      })
    : undefined;
  const tracerProvider = config.traces
    ? new TracerProvider({
        resource,
        sampler: createSampler(config.sampler),
        spanProcessors: [
          new BatchSpanProcessor({
            exporter: redactSpans(createSpanExporter(delivery, NO_WAIT), redactor),
            scheduledDelayMillis: SPAN_DELAY_MILLIS,
          }),
        ],
      })
    : undefined;

  /** Lines and spans are with the wire when this returns, before its promise is settled. */
  async function handOverSync(): Promise<void> {
    logProcessor?.handOver();
    await tracerProvider?.forceFlush();
  }

  function handOver(): Promise<unknown> {
    return Promise.allSettled([handOverSync(), meterProvider?.forceFlush()]);
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
    logger: loggerProvider?.getLogger(SCOPE_NAME, SDK_VERSION),
    meter: meterProvider?.getMeter(SCOPE_NAME, SDK_VERSION),
    tracer: tracerProvider?.getTracer(SCOPE_NAME, SDK_VERSION),
    bufferedBytes: () => logProcessor?.queuedBytes() ?? 0,
    flush: (timeoutMillis) => handOverThen(delivery.flush, timeoutMillis),
    flushOrSpool: (timeoutMillis) => handOverThen(delivery.flushOrSpool, timeoutMillis),
    async shutdown(timeoutMillis) {
      const deadlineMillis = Date.now() + timeoutMillis;
      const providers = [loggerProvider, meterProvider, tracerProvider];
      const ended = Promise.allSettled(providers.map((provider) => provider?.shutdown()));
      // Half the time: the other half belongs to the wire, which has to send or to spool it still.
      await withDeadline(ended, timeoutMillis / 2);
      return delivery.shutdown(Math.max(0, deadlineMillis - Date.now()));
    },
    saveSync() {
      // Without metrics: collecting them takes several turns, which a process that exits has not.
      // Begun here, it could only leave half a file behind.
      handOverSync().catch(() => undefined);
      delivery.saveSync();
    },
  };
}

/** Our own records come without secrets; the others are made by libraries of the host. */
function redactForeignRecords(processor: LogProcessor, redactor: Redactor): LogProcessor {
  return {
    ...processor,
    onEmit(record) {
      const isOwn = record.instrumentationScope.name === SCOPE_NAME;
      processor.onEmit(isOwn ? record : redactRecord(record, redactor));
    },
  };
}

function redactSpans(exporter: SpanExporter, redactor: Redactor): SpanExporter {
  return {
    ...exporter,
    export(spans, resultCallback) {
      const redacted = spans.map((span) => redactSpan(span, redactor));
      exporter.export(redacted, resultCallback);
    },
  };
}

function createSampler({ kind, ratio, isParentBased }: SamplerConfig): Sampler {
  const root = createRootSampler(kind, ratio);
  return isParentBased ? new ParentBasedSampler({ root }) : root;
}

function createRootSampler(kind: SamplerConfig["kind"], ratio: number): Sampler {
  if (kind === "always_on") return new AlwaysOnSampler();
  if (kind === "always_off") return new AlwaysOffSampler();
  return new TraceIdRatioBasedSampler(ratio);
}

async function withDeadline(work: Promise<unknown>, timeoutMillis: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, timeoutMillis);
  });
  await Promise.race([work, deadline]);
  clearTimeout(timer);
}
