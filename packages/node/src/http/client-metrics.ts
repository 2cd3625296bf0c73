import type { Attributes } from "@opentelemetry/api";
import { ATTRIBUTE, HTTP_DURATION_BUCKETS_SECONDS, METRIC } from "@sightline/core";
import {
  createDurationHistogram,
  type DurationHistogram,
  type DurationSeries,
} from "../metrics/duration-histogram.ts";
import { OTHER_LABEL, type ValueCap } from "../metrics/value-cap.ts";
import type { RequestTarget } from "./own-traffic.ts";
import { createUrlTemplates, type UrlTemplates } from "./url-template.ts";

export type ClientOutcome = {
  readonly statusCode: number | undefined;
  readonly errorType: string | undefined;
};

export type ClientMetrics = {
  readonly duration: DurationHistogram;
  /** Template of the URL's path, for metric and span. */
  templateOf(target: RequestTarget): string;
  record(
    call: { readonly target: RequestTarget; readonly method: string; readonly template: string },
    outcome: ClientOutcome,
    seconds: number,
  ): void;
};

export type ClientMetricsOptions = {
  /** Bounds `server.address`. */
  readonly peers: ValueCap;
  /** Bounds `url.template`, one cap per host. */
  readonly createTemplateCap: () => ValueCap;
  /** The user's own way to name a call; undefined leaves it to what is learned. */
  readonly clientTemplate: ((url: string) => string | undefined) | undefined;
  readonly nowMillis: () => number;
};

type Peer = {
  readonly address: string;
  readonly templates: UrlTemplates;
  readonly cap: ValueCap;
  readonly series: Map<string, DurationSeries>;
};

/** Longer is no template that a person wrote. */
const MAX_TEMPLATE_CHARACTERS = 256;

/** `http.client.request.duration`, by the semantic conventions, with `url.template`. */
export function createClientMetrics(options: ClientMetricsOptions): ClientMetrics {
  const { peers, clientTemplate } = options;
  const duration = createDurationHistogram({
    name: METRIC.httpClientRequestDuration,
    description: "Duration of HTTP client requests.",
    bounds: HTTP_DURATION_BUCKETS_SECONDS,
    nowMillis: options.nowMillis,
  });
  const known = new Map<string, Peer>();

  function peerOf({ host, port }: RequestTarget): Peer {
    const address = host.replace(/^\[|\]$/g, "").toLowerCase();
    const key = peers.fit(`${address}:${port}`);
    const found = known.get(key);
    if (found !== undefined) return found;
    const made = {
      address: key === OTHER_LABEL ? OTHER_LABEL : address,
      templates: createUrlTemplates(),
      cap: options.createTemplateCap(),
      series: new Map<string, DurationSeries>(),
    };
    known.set(key, made);
    return made;
  }

  function givenTemplate({ scheme, host, port, path }: RequestTarget): string | undefined {
    if (clientTemplate === undefined) return undefined;
    try {
      const template = clientTemplate(`${scheme}://${host}:${port}${path}`);
      return typeof template === "string" && template !== ""
        ? template.slice(0, MAX_TEMPLATE_CHARACTERS)
        : undefined;
    } catch {
      // The host's own function; the call itself must not fail of it.
      return undefined;
    }
  }

  return {
    duration,
    templateOf(target) {
      const peer = peerOf(target);
      if (peer.address === OTHER_LABEL) return OTHER_LABEL;
      return peer.cap.fit(givenTemplate(target) ?? peer.templates.templateOf(target.path));
    },
    record({ target, method, template }, outcome, seconds) {
      const peer = peerOf(target);
      const key = `${outcome.statusCode} ${outcome.errorType} ${method} ${target.scheme} ${template}`;
      let series = peer.series.get(key);
      if (series === undefined) {
        series = duration.series({
          ...peerAttributes(peer, target),
          [ATTRIBUTE.httpRequestMethod]: method,
          [ATTRIBUTE.urlScheme]: target.scheme,
          [ATTRIBUTE.urlTemplate]: template,
          ...outcomeAttributes(outcome),
        });
        peer.series.set(key, series);
      }
      series.record(seconds);
    },
  };
}

/** Attributes of the answer, the same for metric and span. */
export function outcomeAttributes({ statusCode, errorType }: ClientOutcome): Attributes {
  return {
    ...(statusCode === undefined ? {} : { [ATTRIBUTE.httpResponseStatusCode]: statusCode }),
    ...(errorType === undefined ? {} : { [ATTRIBUTE.errorType]: errorType }),
  };
}

function peerAttributes({ address }: Peer, { port }: RequestTarget): Attributes {
  if (address === OTHER_LABEL) return { [ATTRIBUTE.serverAddress]: OTHER_LABEL };
  return { [ATTRIBUTE.serverAddress]: address, [ATTRIBUTE.serverPort]: port };
}
