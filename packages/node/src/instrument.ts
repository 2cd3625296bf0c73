import { isMainThread } from "node:worker_threads";
import type { MetricProducer } from "@opentelemetry/sdk-metrics";
import { ATTRIBUTE, METRIC, RESOURCE, SEVERITY } from "@sightline/core";
import { systemClock } from "@sightline/wire";
import type { NodeConfig } from "./config/node-config.ts";
import { instrumentDatabases } from "./databases/instrument-databases.ts";
import { observeDelivery } from "./delivery-metrics.ts";
import { createClientCalls } from "./http/client-call.ts";
import { createClientMetrics } from "./http/client-metrics.ts";
import { instrumentFetch } from "./http/fetch-client.ts";
import type { Tracing } from "./http/head-sampling.ts";
import { instrumentHttpClient } from "./http/http-client.ts";
import { instrumentHttpServer } from "./http/http-server.ts";
import { inFlightRequests } from "./http/in-flight.ts";
import { createOwnTraffic } from "./http/own-traffic.ts";
import { createServerExchanges } from "./http/server-exchanges.ts";
import { createServerMetrics } from "./http/server-metrics.ts";
import { flushOnExit } from "./lifecycle/exit.ts";
import { recordFatal } from "./lifecycle/fatal.ts";
import { flushOnSignals } from "./lifecycle/signals.ts";
import { findLoadedPackages } from "./loaded-packages.ts";
import { captureLoggers } from "./logs/capture-loggers.ts";
import { createErrorRecords } from "./logs/error-records.ts";
import { createLineEmitter } from "./logs/line-emitter.ts";
import { type CardinalityGuard, createCardinalityGuard } from "./metrics/cardinality-guard.ts";
import { guardProducer } from "./metrics/guard-producer.ts";
import { formatOverflow, observeOverflows } from "./metrics/observe-overflows.ts";
import { createOwnMetrics, type OwnMetrics } from "./metrics/own-metrics.ts";
import { createPipeline, type Pipeline } from "./pipeline.ts";
import { findPromClient } from "./prom-client/find-prom-client.ts";
import { createPromClientProducer } from "./prom-client/prom-client-producer.ts";
import { knownRegistries } from "./prom-client/registry.ts";
import { type CrashRecorder, createCrashRecorder } from "./recorder/crash-recorder.ts";
import { observeRecorder } from "./recorder/observe-recorder.ts";
import { registerGlobals } from "./register-globals.ts";
import { observeRuntime } from "./runtime/observe-runtime.ts";
import type { Sightline } from "./sightline.ts";
import type { SignalTaps } from "./signal-taps.ts";
import { formatDisabledLine, formatStartupLine, probeEndpoint } from "./startup-line.ts";
import { describeCoexistence } from "./traces/coexistence.ts";
import { countUsers } from "./users/count-users.ts";

export type InstrumentOptions = {
  /** Says something to the people who run the process, on one line. */
  readonly warn: (message: string) => void;
  readonly onShutdown: () => void;
  /** For tests of the host: nothing leaves the process. */
  readonly taps?: SignalTaps | undefined;
};

type Stop = () => void;

/** The one place where everything is put together. */
export function instrument(config: NodeConfig, options: InstrumentOptions): Sightline {
  if (!config.enabled) return createDisabled(config, options);
  const promClient = capturePromClient(config, () => pipeline);
  const guard = guardCardinality(config, options.warn, () => pipeline);
  const ownMetrics = createOwnMetrics(Date.now);
  const producers = promClient.producers.map((producer) => guardProducer(producer, guard));
  const recorder = createCrashRecorder({ config, warn: options.warn });
  const pipeline: Pipeline = createPipeline(config, {
    journal: recorder?.journal,
    metricProducers: [...producers, ownMetrics.producer],
    lastMetrics: ownMetrics,
    guard,
    taps: options.taps,
  });
  // Before whatever else listens to the end of the process: a mark takes microseconds.
  recorder?.start({ ...pipeline, inFlightRequests });
  const globals = registerGlobals(pipeline);
  const coexistence = describeCoexistence(config.traces && !globals.hasTracing);
  if (coexistence !== undefined) options.warn(coexistence);
  const stops: Stop[] = [
    captureLogs(config, pipeline),
    observeItself(config, pipeline, guard, recorder),
    promClient.stop,
    instrumentHttp({ config, pipeline, guard, ownMetrics, hasTracing: globals.hasTracing }),
    instrumentDatabases({
      databases: config.databases,
      tracer: globals.hasTracing ? pipeline.tracer : undefined,
      meter: pipeline.meter,
      maxPeers: config.maxPeers,
    }),
    countUsers({ config, lines: pipeline.lines, meter: pipeline.meter, warn: options.warn }),
    flushOnExit({ pipeline, flushTimeoutMillis: config.flushTimeoutMillis }),
  ];
  if (config.handleSignals) {
    stops.push(
      flushOnSignals({ pipeline, recorder, flushTimeoutMillis: config.flushTimeoutMillis }),
    );
  }
  if (config.startupLine && isMainThread) void sayWhereSignalsGo(config);

  let ending: ReturnType<Sightline["shutdown"]> | undefined;
  return {
    config,
    flush: (timeoutMillis = config.flushTimeoutMillis) => pipeline.flush(timeoutMillis),
    shutdown(timeoutMillis = config.flushTimeoutMillis) {
      ending ??= (async () => {
        for (const stop of stops) stop();
        recorder?.stopRecovery();
        const result = await pipeline.shutdown(timeoutMillis);
        recorder?.close();
        globals.unregister();
        options.onShutdown();
        return result;
      })();
      return ending;
    },
  };
}

/** The pipeline is made with the producer, so it is asked for only when metrics are collected. */
function capturePromClient(config: NodeConfig, pipelineOf: () => Pipeline): PromClientCapture {
  if (!config.metrics || !config.promClient) return { producers: [], stop: () => undefined };
  const producer = createPromClientProducer({
    registries: knownRegistries,
    warn: (message) => emitWarning(pipelineOf(), message),
    onDropped: (series) => pipelineOf().delivery.countDropped("metrics", "too_many_series", series),
    nowMillis: Date.now,
  });
  return { producers: [producer], stop: findPromClient() };
}

type PromClientCapture = { readonly producers: readonly MetricProducer[]; readonly stop: Stop };

/** Something that people should know, as a line beside those of the host. */
function emitWarning({ lines, redactor }: Pipeline, message: string): void {
  lines?.emit({
    timeUnixMillis: Date.now(),
    severityNumber: SEVERITY.WARN,
    severityText: "warn",
    attributes: { [ATTRIBUTE.kind]: "log" },
    body: `sightline: ${redactor.text(message)}`,
  });
}

function createDisabled(config: NodeConfig, { onShutdown }: InstrumentOptions): Sightline {
  if (config.startupLine && isMainThread) process.stderr.write(`${formatDisabledLine(config)}\n`);
  return {
    config,
    flush: async () => ({ status: "flushed" }),
    async shutdown() {
      onShutdown();
      return { status: "flushed" };
    },
  };
}

function captureLogs(config: NodeConfig, pipeline: Pipeline): Stop {
  const { lines, redactor } = pipeline;
  if (config.logs === "off" || lines === undefined) return () => undefined;
  const errors = createErrorRecords({
    emit: lines.emit,
    clock: systemClock,
    release: config.resourceAttributes[RESOURCE.serviceVersion],
  });
  pipeline.onHandOver(errors.flush);
  const emit = createLineEmitter({ lines, redactor, errors });
  const stops = [
    captureLoggers({
      mode: config.logs,
      loggers: config.loggers,
      winstonFormats: config.winstonFormats,
      emit,
      nowMillis: Date.now,
      countDropped: (reason) => pipeline.delivery.countDropped("logs", reason, 1),
    }),
  ];
  // With "stdout", Node's own print of the error is the line, and the agent ships it.
  if (config.logs === "otlp") stops.push(recordFatal({ pipeline, emit, nowMillis: Date.now }));
  stops.push(errors.flush);
  return () => {
    for (const stop of stops) stop();
  };
}

function observeItself(
  config: NodeConfig,
  pipeline: Pipeline,
  guard: CardinalityGuard,
  recorder: CrashRecorder | undefined,
): Stop {
  const { meter } = pipeline;
  if (!config.metrics || meter === undefined) return () => undefined;
  observeDelivery(meter, pipeline.delivery, pipeline.bufferedBytes);
  observeOverflows(meter, guard);
  if (recorder !== undefined) observeRecorder(meter, recorder);
  // `--import` starts us in worker threads too.
  return isMainThread ? observeRuntime(meter) : () => undefined;
}

type HttpParts = {
  readonly config: NodeConfig;
  readonly pipeline: Pipeline;
  readonly guard: CardinalityGuard;
  readonly ownMetrics: OwnMetrics;
  readonly hasTracing: boolean;
};

function instrumentHttp({ config, pipeline, guard, ownMetrics, hasTracing }: HttpParts): Stop {
  const { meter, tracer, sampler, traceIds } = pipeline;
  const tracing: Tracing | undefined =
    hasTracing && tracer !== undefined ? { tracer, sampler, ids: traceIds } : undefined;
  const duration = METRIC.httpClientRequestDuration;
  const server =
    meter &&
    createServerMetrics({
      meter,
      routes: guard.cap(METRIC.httpServerRequestDuration, ATTRIBUTE.httpRoute),
      nowMillis: Date.now,
    });
  const client =
    meter &&
    createClientMetrics({
      peers: guard.cap(duration, ATTRIBUTE.serverAddress),
      createTemplateCap: guard.capsWithin(duration, ATTRIBUTE.urlTemplate, config.maxTemplates),
      clientTemplate: config.clientTemplate,
      nowMillis: Date.now,
    });
  if (server !== undefined) ownMetrics.add(server.duration);
  if (client !== undefined) ownMetrics.add(client.duration);
  const stops = [instrumentHttpServer(createServerExchanges({ tracing, metrics: server }))];
  if (client !== undefined || tracing !== undefined) {
    const ownTraffic = createOwnTraffic(Object.values(config.endpoints));
    const calls = createClientCalls({ tracing, metrics: client, ownTraffic });
    stops.push(instrumentHttpClient(calls), instrumentFetch(calls));
  }
  return () => {
    for (const stop of stops) stop();
  };
}

/** The pipeline is made with the guard, so it is asked for only when something overflows. */
function guardCardinality(
  { logs, maxLabelValues, maxPeers, maxRoutes }: NodeConfig,
  warn: (message: string) => void,
  pipelineOf: () => Pipeline,
): CardinalityGuard {
  return createCardinalityGuard({
    maxValues: maxLabelValues,
    maxValuesOf: { [ATTRIBUTE.httpRoute]: maxRoutes, [ATTRIBUTE.serverAddress]: maxPeers },
    onOverflow(overflow) {
      const pipeline = pipelineOf();
      const message = formatOverflow(overflow, (text) => pipeline.redactor.text(text));
      if (logs === "off") warn(message);
      else emitWarning(pipeline, message);
    },
  });
}

async function sayWhereSignalsGo(config: NodeConfig): Promise<void> {
  const probe = await probeEndpoint(config);
  process.stderr.write(`${formatStartupLine(config, probe, findLoadedPackages())}\n`);
}
