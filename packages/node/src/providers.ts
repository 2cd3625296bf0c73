import { type Resource, resourceFromAttributes } from "@opentelemetry/resources";
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
import type { Redactor } from "@sightline/core";
import {
  createLogProcessor,
  createMetricExporter,
  createSpanExporter,
  type Delivery,
  type LogProcessor,
} from "@sightline/wire";
import type { NodeConfig, SamplerConfig } from "./config/node-config.ts";
import { redactRecord, redactSpan } from "./redact-signals.ts";
import { SCOPE_NAME } from "./version.ts";

/** Spans wait less than the SDK's 5 s, so that a trace is there when its log line is. */
const SPAN_DELAY_MILLIS = 1_000;
/** Flushing a provider only hands over to the wire; waiting for the receiver is the wire's part. */
const NO_WAIT = { flushTimeoutMillis: 0 };

/** What is switched off is absent. */
export type Providers = {
  readonly logProcessor: LogProcessor | undefined;
  readonly loggerProvider: LoggerProvider | undefined;
  readonly meterProvider: MeterProvider | undefined;
  readonly tracerProvider: TracerProvider | undefined;
};

/** The SDK of OpenTelemetry as configured, with the wire at its end and redaction on the way. */
export function createProviders(
  config: NodeConfig,
  delivery: Delivery,
  redactor: Redactor,
): Providers {
  const resource = resourceFromAttributes({ ...config.resourceAttributes });
  const logProcessor = config.logs === "off" ? undefined : createLogProcessor(delivery, NO_WAIT);
  return {
    logProcessor,
    loggerProvider:
      logProcessor &&
      new LoggerProvider({ resource, processors: [redactForeignRecords(logProcessor, redactor)] }),
    meterProvider: config.metrics ? createMeterProvider(config, delivery, resource) : undefined,
    tracerProvider: config.traces
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
      : undefined,
  };
}

function createMeterProvider(
  config: NodeConfig,
  delivery: Delivery,
  resource: Resource,
): MeterProvider {
  const reader = new PeriodicExportingMetricReader({
    exporter: createMetricExporter(delivery, NO_WAIT),
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
