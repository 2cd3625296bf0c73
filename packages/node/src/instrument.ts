import { isMainThread } from "node:worker_threads";
import { createNoopMeter, type Meter } from "@opentelemetry/api";
import type { MetricProducer } from "@opentelemetry/sdk-metrics";
import { ATTRIBUTE, SEVERITY } from "@sightline/core";
import type { NodeConfig } from "./config/node-config.ts";
import { instrumentDatabases } from "./databases/instrument-databases.ts";
import { observeDelivery } from "./delivery-metrics.ts";
import { createClientCalls } from "./http/client-call.ts";
import { instrumentFetch } from "./http/fetch-client.ts";
import { instrumentHttpClient } from "./http/http-client.ts";
import { instrumentHttpServer } from "./http/http-server.ts";
import { createLabelCap, type LabelCap } from "./http/label-cap.ts";
import { createOwnTraffic } from "./http/own-traffic.ts";
import { flushOnExit } from "./lifecycle/exit.ts";
import { recordFatal } from "./lifecycle/fatal.ts";
import { flushOnSignals } from "./lifecycle/signals.ts";
import { captureLoggers } from "./logs/capture-loggers.ts";
import type { LogLine } from "./logs/log-line.ts";
import { toLogRecord } from "./logs/log-record.ts";
import { createPipeline, type Pipeline } from "./pipeline.ts";
import { findPromClient } from "./prom-client/find-prom-client.ts";
import { createPromClientProducer } from "./prom-client/prom-client-producer.ts";
import { knownRegistries } from "./prom-client/registry.ts";
import { registerGlobals } from "./register-globals.ts";
import { observeRuntime } from "./runtime/observe-runtime.ts";
import type { Sightline } from "./sightline.ts";
import { formatStartupLine, probeEndpoint } from "./startup-line.ts";

export type InstrumentOptions = {
  /** Says something to the people who run the process, on one line. */
  readonly warn: (message: string) => void;
  readonly onShutdown: () => void;
};

type Stop = () => void;

/** The one place where everything is put together. */
export function instrument(config: NodeConfig, options: InstrumentOptions): Sightline {
  if (!config.enabled) return createDisabled(config, options);
  const promClient = capturePromClient(config, () => pipeline);
  const pipeline: Pipeline = createPipeline(config, promClient.producers);
  const globals = registerGlobals(pipeline);
  if (config.traces && !globals.hasTracing) {
    options.warn(
      "another OpenTelemetry SDK is registered in this process: tracing is left to it, " +
        "logs and metrics are sent from here",
    );
  }
  const stops: Stop[] = [
    captureLogs(config, pipeline),
    observeItself(config, pipeline),
    promClient.stop,
    instrumentHttp(config, pipeline, globals.hasTracing),
    instrumentDatabases({
      databases: config.databases,
      tracer: globals.hasTracing ? pipeline.tracer : undefined,
      meter: pipeline.meter,
      maxPeers: config.maxPeers,
    }),
    flushOnExit({ pipeline, flushTimeoutMillis: config.flushTimeoutMillis }),
  ];
  if (config.handleSignals) {
    stops.push(flushOnSignals({ pipeline, flushTimeoutMillis: config.flushTimeoutMillis }));
  }
  if (config.startupLine && isMainThread) void sayWhereSignalsGo(config);

  let ending: ReturnType<Sightline["shutdown"]> | undefined;
  return {
    config,
    flush: (timeoutMillis = config.flushTimeoutMillis) => pipeline.flush(timeoutMillis),
    shutdown(timeoutMillis = config.flushTimeoutMillis) {
      ending ??= (async () => {
        for (const stop of stops) stop();
        const result = await pipeline.shutdown(timeoutMillis);
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
function emitWarning({ logger, redactor }: Pipeline, message: string): void {
  logger?.emit({
    severityNumber: SEVERITY.WARN,
    severityText: "warn",
    attributes: { [ATTRIBUTE.kind]: "log" },
    body: `sightline: ${redactor.text(message)}`,
  });
}

function createDisabled(config: NodeConfig, { onShutdown }: InstrumentOptions): Sightline {
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
  const { logger, redactor } = pipeline;
  if (config.logs === "off" || logger === undefined) return () => undefined;
  const emit = (line: LogLine): void => logger.emit(toLogRecord(line, redactor));
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
  return () => {
    for (const stop of stops) stop();
  };
}

function observeItself(config: NodeConfig, pipeline: Pipeline): Stop {
  const { meter } = pipeline;
  if (!config.metrics || meter === undefined) return () => undefined;
  observeDelivery(meter, pipeline.delivery, pipeline.bufferedBytes);
  // `--import` starts us in worker threads too.
  return isMainThread ? observeRuntime(meter) : () => undefined;
}

function instrumentHttp(config: NodeConfig, pipeline: Pipeline, hasTracing: boolean): Stop {
  const meter: Meter = pipeline.meter ?? createNoopMeter();
  const tracer = hasTracing ? pipeline.tracer : undefined;
  if (pipeline.meter === undefined && tracer === undefined) return () => undefined;
  const { endpoints, maxPeers, maxRoutes } = config;
  const calls = createClientCalls({
    tracer,
    meter,
    peers: createNamedCap("maxPeers", maxPeers, pipeline),
    ownTraffic: createOwnTraffic(Object.values(endpoints)),
  });
  const routes = createNamedCap("maxRoutes", maxRoutes, pipeline);
  const stops = [
    instrumentHttpServer({ tracer, meter, routes }),
    instrumentHttpClient(calls),
    instrumentFetch(calls),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

/** A cap that says which value went over it, as a line beside those of the host. */
function createNamedCap(
  option: "maxPeers" | "maxRoutes",
  max: number,
  { logger, redactor }: Pipeline,
): LabelCap {
  return createLabelCap(max, (value) =>
    logger?.emit({
      severityNumber: SEVERITY.WARN,
      severityText: "warn",
      attributes: { [ATTRIBUTE.kind]: "log" },
      body: `sightline: ${option}: more than ${max} distinct values; "${redactor.text(value)}" and what follows is counted as "_other"`,
    }),
  );
}

async function sayWhereSignalsGo(config: NodeConfig): Promise<void> {
  const probe = await probeEndpoint(config);
  process.stderr.write(`${formatStartupLine(config, probe)}\n`);
}
