import { ATTRIBUTE, type Attributes, METRIC } from "@sightline/core";
import { type Clock, systemClock } from "@sightline/wire";
import type { MetricStore } from "@sightline/wire/metrics";
import { createServiceResources } from "../sources/service-resources.ts";
import type { RequestObservation } from "./request-observation.ts";

export interface RequestMetricsOptions {
  readonly store: Pick<MetricStore, "observe" | "forget">;
  /** `host.name` and `deployment.environment.name` of everything this agent sends. */
  readonly hostName: string;
  readonly environment: string;
  readonly clock?: Clock;
}

export interface RequestMetrics {
  /**
   * @param unixMillis when the line was written. Metrics tell of now: what is older than five
   *   minutes (the log of a container that was there before the agent) would be a burst that never
   *   was, so it is left out and counted in `late()`. Absent: now.
   */
  observe(request: RequestObservation, unixMillis?: number): void;
  /** Requests that were left out because their lines were old. */
  late(): number;
  /** The service is gone from this host for good. */
  forget(service: string): void;
}

const MAX_AGE_MILLIS = 300_000;
/** `error.type` of a request whose client left before the answer; the same as the Node SDK's. */
const ABORTED = "aborted";

/**
 * Requests as `http.server.request.duration` of the service they belong to, with the attributes that
 * the Node SDK gives them.
 */
export function createRequestMetrics(options: RequestMetricsOptions): RequestMetrics {
  const { store } = options;
  const clock = options.clock ?? systemClock;
  let late = 0;
  const resources = createServiceResources(options);

  return {
    observe(request, unixMillis) {
      if (unixMillis !== undefined && unixMillis < clock.now() - MAX_AGE_MILLIS) {
        late += 1;
        return;
      }
      const resource = resources.of(request.service);
      const attributes = attributesOf(request);
      store.observe(resource, METRIC.httpServerRequestDuration, attributes, request.seconds);
    },
    late: () => late,
    forget(service) {
      store.forget(resources.of(service));
      resources.forget(service);
    },
  };
}

function attributesOf({ method, status, route, scheme }: RequestObservation): Attributes {
  const errorType = status === undefined ? ABORTED : status >= 500 ? String(status) : undefined;
  return {
    [ATTRIBUTE.httpRequestMethod]: method,
    ...(status === undefined ? {} : { [ATTRIBUTE.httpResponseStatusCode]: status }),
    ...(route === undefined ? {} : { [ATTRIBUTE.httpRoute]: route }),
    ...(scheme === undefined ? {} : { [ATTRIBUTE.urlScheme]: scheme }),
    ...(errorType === undefined ? {} : { [ATTRIBUTE.errorType]: errorType }),
  };
}
