import { type Resource, resourceFromAttributes } from "@opentelemetry/resources";
import { LoggerProvider } from "@opentelemetry/sdk-logs";
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
  createLogProcessor,
  createMetricExporter,
  createSpanProcessor,
  type Delivery,
  type LogProcessor,
  type WireSpanProcessor,
} from "@sightline/wire";
import type { NodeConfig, SamplerConfig } from "./config/node-config.ts";
import { redactRecord, redactSpan } from "./redact-signals.ts";
import { SCOPE_NAME } from "./version.ts";

/** Flushing a provider only hands over to the wire; waiting for the receiver is the wire's part. */
const NO_WAIT = { flushTimeoutMillis: 0 };

/** What is switched off is absent. */
export type Providers = {
  readonly logProcessor: LogProcessor | undefined;
  readonly spanProcessor: WireSpanProcessor | undefined;
  readonly loggerProvider: LoggerProvider | undefined;
  readonly meterProvider: MeterProvider | undefined;
  readonly tracerProvider: TracerProvider | undefined;
};

/** The SDK of OpenTelemetry as configured, with the wire at its end and redaction on the way. */
export function createProviders(
  config: NodeConfig,
  delivery: Delivery,
  redactor: Redactor,
  metricProducers: readonly MetricProducer[] = [],
): Providers {
  const resource = resourceFromAttributes({ ...config.resourceAttributes });
  const logProcessor = config.logs === "off" ? undefined : createLogProcessor(delivery, NO_WAIT);
  const spanProcessor = config.traces ? createSpanProcessor(delivery, NO_WAIT) : undefined;
  return {
    logProcessor,
    spanProcessor,
    loggerProvider:
      logProcessor &&
      new LoggerProvider({ resource, processors: [redactForeignRecords(logProcessor, redactor)] }),
    meterProvider: config.metrics
      ? createMeterProvider(config, delivery, resource, metricProducers)
      : undefined,
    tracerProvider:
      spanProcessor &&
      new TracerProvider({
        resource,
        sampler: createSampler(config.sampler),
        spanProcessors: [redactSpans(spanProcessor, redactor)],
      }),
  };
}

function createMeterProvider(
  config: NodeConfig,
  delivery: Delivery,
  resource: Resource,
  metricProducers: readonly MetricProducer[],
): MeterProvider {
  const reader = new PeriodicExportingMetricReader({
    exporter: createMetricExporter(delivery, NO_WAIT),
    metricProducers: [...metricProducers],
    exportIntervalMillis: config.metricIntervalMillis,
    exportTimeoutMillis: Math.min(config.metricIntervalMillis, config.exportTimeoutMillis),
  });
  return new MeterProvider({ resource, readers: [reader] });
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
