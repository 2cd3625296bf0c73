import { type Resource, resourceFromAttributes } from "@opentelemetry/resources";
import { LoggerProvider, type LogRecordProcessor } from "@opentelemetry/sdk-logs";
import {
  MeterProvider,
  type MetricProducer,
  PeriodicExportingMetricReader,
  type PushMetricExporter,
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
import { type LastMetrics, noteExports } from "./metrics/last-metrics.ts";
import { redactSpan } from "./redact-signals.ts";
import type { SignalTaps } from "./signal-taps.ts";

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

export type ProviderOptions = {
  readonly config: NodeConfig;
  readonly delivery: Delivery;
  readonly redactor: Redactor;
  readonly lines: LineSink | undefined;
  readonly metricProducers?: readonly MetricProducer[] | undefined;
  readonly lastMetrics?: LastMetrics | undefined;
  readonly guard?: CardinalityGuard | undefined;
  readonly taps?: SignalTaps | undefined;
};

/** The SDK of OpenTelemetry as configured, with the wire at its end and redaction on the way. */
export function createProviders(options: ProviderOptions): Providers {
  const { config, delivery, redactor, lines, taps } = options;
  const sampler = createSampler(config.sampler);
  const traceIds = createTraceIds(Math.random);
  const resource = resourceFromAttributes({ ...config.resourceAttributes });
  const spanProcessor = config.traces ? createSpanProcessor(delivery, NO_WAIT) : undefined;
  return {
    spanProcessor,
    loggerProvider:
      lines && new LoggerProvider({ resource, processors: [toLines(lines, redactor)] }),
    meterProvider: config.metrics ? createMeterProvider(resource, options) : undefined,
    tracerProvider:
      spanProcessor &&
      new TracerProvider({
        resource,
        sampler,
        idGenerator: traceIds,
        spanProcessors: [redactSpans(spanProcessor, redactor, taps)],
      }),
    sampler,
    traceIds,
  };
}

function createMeterProvider(resource: Resource, options: ProviderOptions): MeterProvider {
  const { config, delivery, metricProducers = [], guard, taps } = options;
  const reader = new PeriodicExportingMetricReader({
    exporter: noteExports(
      tapMetrics(createMetricExporter(delivery, NO_WAIT), taps),
      options.lastMetrics,
    ),
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

function redactSpans(
  processor: WireSpanProcessor,
  redactor: Redactor,
  taps: SignalTaps | undefined,
): WireSpanProcessor {
  const take = taps?.onSpan ?? processor.onEnd;
  return { ...processor, onEnd: (span) => take(redactSpan(span, redactor)) };
}

function tapMetrics(
  exporter: PushMetricExporter,
  taps: SignalTaps | undefined,
): PushMetricExporter {
  if (taps === undefined) return exporter;
  return {
    ...exporter,
    export(metrics, onResult) {
      taps.onMetrics(metrics);
      exporter.export(metrics, onResult);
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
