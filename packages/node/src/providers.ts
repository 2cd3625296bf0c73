import { type Resource, resourceFromAttributes } from "@opentelemetry/resources";
import { LoggerProvider, type LogRecordProcessor } from "@opentelemetry/sdk-logs";
import {
  MeterProvider,
  type MetricProducer,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  ParentBasedSampler,
  type Sampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from "@opentelemetry/sdk-trace";
import type { Redactor } from "@sightline/core";
import {
  createMetricExporter,
  createSpanProcessor,
  type Delivery,
  type LineSink,
  type WireSpanProcessor,
} from "@sightline/wire";
import type { NodeConfig, SamplerConfig } from "./config/node-config.ts";
import { createTraceIds, type TraceIds } from "./http/trace-ids.ts";
import { toForeignLine } from "./logs/foreign-record.ts";
import type { CardinalityGuard } from "./metrics/cardinality-guard.ts";
import { guardMeters } from "./metrics/guard-meters.ts";
import { redactSpan } from "./redact-signals.ts";

/** Flushing a provider only hands over to the wire; waiting for the receiver is the wire's part. */
const NO_WAIT = { flushTimeoutMillis: 0 };

/** What is switched off is absent. */
export type Providers = {
  readonly spanProcessor: WireSpanProcessor | undefined;
  readonly loggerProvider: LoggerProvider | undefined;
  readonly meterProvider: MeterProvider | undefined;
  readonly tracerProvider: TracerProvider | undefined;
  /** Those of the tracer provider: whoever asks them first saves it the work. */
  readonly sampler: Sampler;
  readonly traceIds: TraceIds;
};

/** The SDK of OpenTelemetry as configured, with the wire at its end and redaction on the way. */
export function createProviders(
  config: NodeConfig,
  delivery: Delivery,
  redactor: Redactor,
  lines: LineSink | undefined,
  metricProducers: readonly MetricProducer[] = [],
  guard?: CardinalityGuard,
): Providers {
  const sampler = createSampler(config.sampler);
  const traceIds = createTraceIds(Math.random);
  const resource = resourceFromAttributes({ ...config.resourceAttributes });
  const spanProcessor = config.traces ? createSpanProcessor(delivery, NO_WAIT) : undefined;
  return {
    spanProcessor,
    loggerProvider:
      lines && new LoggerProvider({ resource, processors: [toLines(lines, redactor)] }),
    meterProvider: config.metrics
      ? createMeterProvider(config, delivery, resource, metricProducers, guard)
      : undefined,
    tracerProvider:
      spanProcessor &&
      new TracerProvider({
        resource,
        sampler,
        idGenerator: traceIds,
        spanProcessors: [redactSpans(spanProcessor, redactor)],
      }),
    sampler,
    traceIds,
  };
}

function createMeterProvider(
  config: NodeConfig,
  delivery: Delivery,
  resource: Resource,
  metricProducers: readonly MetricProducer[],
  guard: CardinalityGuard | undefined,
): MeterProvider {
  const reader = new PeriodicExportingMetricReader({
    exporter: createMetricExporter(delivery, NO_WAIT),
    metricProducers: [...metricProducers],
    exportIntervalMillis: config.metricIntervalMillis,
    exportTimeoutMillis: Math.min(config.metricIntervalMillis, config.exportTimeoutMillis),
  });
  const provider = new MeterProvider({ resource, readers: [reader] });
  return guard === undefined ? provider : guardMeters(provider, guard);
}

/** What libraries of the host say through the API takes the way of the lines; see `LineSink`. */
function toLines(lines: LineSink, redactor: Redactor): LogRecordProcessor {
  return {
    onEmit: (record) => lines.emit(toForeignLine(record, redactor, Date.now())),
    // Only hands over, like the other signals: waiting for the receiver is the wire's part.
    forceFlush: async () => lines.handOver(),
    shutdown: async () => lines.handOver(),
  };
}

function redactSpans(processor: WireSpanProcessor, redactor: Redactor): WireSpanProcessor {
  return { ...processor, onEnd: (span) => processor.onEnd(redactSpan(span, redactor)) };
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
