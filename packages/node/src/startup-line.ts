import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { context } from "@opentelemetry/api";
import { suppressTracing } from "@opentelemetry/core";
import type { NodeConfig } from "./config/node-config.ts";

const PROBE_TIMEOUT_MILLIS = 2_000;

export type ProbeResult =
  | { readonly status: "answered"; readonly statusCode: number }
  | { readonly status: "silent"; readonly code: string };

/** Asks the receiver whether it is there, with a request for no records at all. Never rejects. */
export function probeEndpoint(config: NodeConfig): Promise<ProbeResult> {
  const url = new URL(config.endpoints.logs);
  const open = url.protocol === "https:" ? httpsRequest : httpRequest;
  return new Promise((resolve) => {
    const onResponse = (response: IncomingMessage): void => {
      response.resume();
      resolve({ status: "answered", statusCode: response.statusCode ?? 0 });
    };
    const request = context.with(suppressTracing(context.active()), () =>
      open(
        url,
        {
          method: "POST",
          agent: false,
          timeout: PROBE_TIMEOUT_MILLIS,
          headers: { "content-type": "application/x-protobuf", ...config.headers },
        },
        onResponse,
      ),
    );
    request.on("timeout", () => request.destroy(Object.assign(new Error(), { code: "ETIMEDOUT" })));
    request.on("error", (error: NodeJS.ErrnoException) =>
      resolve({ status: "silent", code: error.code ?? error.name }),
    );
    // A question must not keep a short script alive.
    request.on("socket", (socket) => socket.unref());
    request.end();
  });
}

/** What is said in place of it when nothing runs: else somebody looks for signals that nobody sends. */
export function formatDisabledLine({ serviceName }: NodeConfig): string {
  return `sightline: ${serviceName}: disabled, nothing is captured or sent`;
}

/**
 * One line for people: who we are, where the signals go, what they come from, and whether somebody
 * takes them.
 *
 * @param found packages of which something is captured, as far as they are loaded.
 */
export function formatStartupLine(
  config: NodeConfig,
  probe: ProbeResult,
  found: readonly string[],
): string {
  const signals = [
    `logs ${config.logs}`,
    config.metrics ? `metrics every ${config.metricIntervalMillis / 1000} s` : "metrics off",
    config.traces ? `traces ${formatSampler(config)}` : "traces off",
  ];
  const name = `${config.serviceName} → ${config.endpoint}`;
  const sources = found.length === 0 ? "" : `; found ${found.join(", ")}`;
  return `sightline: ${name}: ${signals.join(", ")}${sources}; ${formatProbe(config, probe)}`;
}

function formatSampler({ sampler }: NodeConfig): string {
  if (sampler.kind === "ratio") return `${Number((sampler.ratio * 100).toFixed(3))} %`;
  return sampler.kind === "always_on" ? "100 %" : "0 %";
}

function formatProbe(config: NodeConfig, probe: ProbeResult): string {
  const wait = config.spool === undefined ? "in memory" : `in ${config.spool.directory}`;
  if (probe.status === "silent") {
    return `the endpoint does not answer (${probe.code}), signals wait ${wait}`;
  }
  if (probe.statusCode >= 200 && probe.statusCode < 300) return "the endpoint answers";
  if (probe.statusCode === 401 || probe.statusCode === 403) {
    return `the endpoint refuses the credentials (${probe.statusCode}): check the headers`;
  }
  // What a receiver, or a proxy before it, says while it starts or has too much to do.
  if (probe.statusCode === 429 || probe.statusCode >= 500) {
    return `the endpoint is not ready (${probe.statusCode}), signals wait ${wait}`;
  }
  return `the endpoint answers ${probe.statusCode}, which no OTLP receiver should: check the address`;
}
