import type { AccessLogConfig } from "@sightline/core";
import type { MetricStore } from "@sightline/wire/metrics";
import type { HostFacts } from "../docker/identity-of.ts";
import { hasOwnMetrics } from "../requests/own-metrics.ts";
import { createRequestMetrics } from "../requests/request-metrics.ts";
import { createRequestReader } from "../requests/request-reader.ts";
import { describeRouteOverflow } from "../requests/routes.ts";
import { type Line, toMillis } from "./line.ts";

export interface RequestsOfLines {
  onLine(line: Line, service: string): void;
  /** A container of the service begins, with this environment (`NAME=value`). */
  onStart(service: string, environment: readonly string[]): void;
  /** Requests of too long ago to be counted. */
  late(): number;
}

export interface RequestsOfLinesOptions {
  readonly config: AccessLogConfig;
  readonly host: HostFacts;
  readonly store: MetricStore;
  log(text: string): void;
}

/** How often a service is asked whether its lines lack a duration; it is said once. */
const ASK_EVERY_REQUESTS = 100;

/** Access lines of all sources become request metrics of the services they belong to. */
export function createRequestsOfLines(options: RequestsOfLinesOptions): RequestsOfLines {
  const { config, host, store, log } = options;
  const senders = new Set<string>();
  const said = new Set<string>();
  const counts = new Map<string, number>();
  const metrics = createRequestMetrics({ store, ...host });
  const reader = createRequestReader(config, {
    hasOwnMetrics: (service) => senders.has(service),
    onRouteOverflow: (overflow) => log(describeRouteOverflow(overflow)),
  });

  function suggest(service: string): void {
    const count = (counts.get(service) ?? 0) + 1;
    counts.set(service, count);
    if (said.has(service) || count % ASK_EVERY_REQUESTS !== 0) return;
    const suggestion = reader.suggestion(service);
    if (suggestion === undefined) return;
    said.add(service);
    log(suggestion);
  }

  return {
    onLine(line, service) {
      const request = reader.read(line.text, service);
      if (request === undefined) return;
      metrics.observe(request, toMillis(line.time));
      if (request.seconds === undefined) suggest(service);
    },
    onStart(service, environment) {
      if (hasOwnMetrics(environment)) senders.add(service);
      else senders.delete(service);
      reader.restart(service);
    },
    late: metrics.late,
  };
}
