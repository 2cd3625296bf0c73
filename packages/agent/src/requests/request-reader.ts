import {
  type AccessLogConfig,
  type AccessLogFormat,
  type AccessLogFormatConfig,
  toKnownMethod,
} from "@sightline/core";
import { type AccessLine, type AccessResult, NO_REQUEST } from "./access-line.ts";
import { findAccessLogFaults } from "./access-log-faults.ts";
import { createDetection, readAs } from "./detection.ts";
import { COMMON_LOG, parseAnyCommonLog } from "./formats/common-log.ts";
import { JSON_FORMATS } from "./formats/json-logs.ts";
import type { LineFormat, Writer } from "./formats/line-format.ts";
import type { RequestObservation } from "./request-observation.ts";
import { parseOrigin, parsePath } from "./request-path.ts";
import { createRoutes, type RouteOverflow } from "./routes.ts";
import { createSplitter } from "./split.ts";
import { describeMissingDuration } from "./suggestion.ts";
import { createPatternParser } from "./user-pattern.ts";

export interface RequestReaderOptions {
  /**
   * Whether a service sends `http.server.request.duration` by itself; see `hasOwnMetrics`. Then
   * neither its lines nor what a proxy has for it are counted under its name: the proxy keeps those
   * under its own. A format given by hand beats it.
   */
  readonly hasOwnMetrics?: (service: string) => boolean;
  /** Told once per service, when it has more routes than are kept apart. */
  readonly onRouteOverflow?: (overflow: RouteOverflow) => void;
}

export interface RequestReader {
  /** The request that a line tells of; undefined for every other line. Never throws. */
  read(line: string, service: string): RequestObservation | undefined;
  /** A new run of the service begins, maybe of another image: its format is learnt anew. */
  restart(service: string): void;
  /** The service is gone from this host for good. */
  forget(service: string): void;
  /**
   * What to add so that its lines have a duration; undefined while there is nothing to say: too few
   * lines were seen, or they have one. To be said once.
   */
  suggestion(service: string): string | undefined;
}

interface Source {
  readonly parse: (text: string) => AccessResult;
  readonly restart: () => void;
  readonly writer: () => Writer;
  requests: number;
  timedRequests: number;
}

/** Fewer show nothing: a line without a duration may be an exception. */
const MIN_LINES_FOR_SUGGESTION = 10;
/** A proxy's line for a connection that became a WebSocket, written when that ended. */
const SWITCHING_PROTOCOLS = 101;

/**
 * Reads requests from access lines.
 *
 * What is not counted: lines without an HTTP request in them (a TLS handshake on a plain port), as
 * the Node SDK does not count those either; and 101, whose time is that of a whole WebSocket
 * connection and would be in the latency of the service.
 *
 * @throws Error if the configuration is wrong, with all that is; see `findAccessLogFaults`.
 */
export function createRequestReader(
  config: AccessLogConfig,
  options: RequestReaderOptions = {},
): RequestReader {
  const faults = findAccessLogFaults(config);
  if (faults.length > 0) throw new Error(faults.join("\n"));
  const formats = new Map(config.formats.map((format) => [format.service, format]));
  const behindProxy = findBehindProxy(config.split);
  const hasOwnMetrics = options.hasOwnMetrics ?? (() => false);
  const routes = createRoutes(config, options.onRouteOverflow ?? (() => undefined));
  const split = createSplitter(config.split);
  const sources = new Map<string, Source>();

  /** By itself nothing is counted twice: not beside the proxy in front, not beside the SDK. */
  function isOff(service: string): boolean {
    const chosen = formats.get(service)?.format;
    if (chosen !== undefined) return chosen === "off";
    // A proxy that measures itself still tells of the services behind it.
    return behindProxy.has(service) || (config.split.length === 0 && hasOwnMetrics(service));
  }

  function measuresItself(service: string): boolean {
    return !formats.has(service) && hasOwnMetrics(service);
  }

  function sourceOf(service: string): Source {
    let source = sources.get(service);
    if (source === undefined) {
      source = createSource(formats.get(service));
      sources.set(service, source);
    }
    return source;
  }

  function ownerOf(service: string, line: AccessLine, path: string | undefined): string {
    const owner = split(service, line.host ?? parseOrigin(line.target)?.host, path);
    return owner !== service && measuresItself(owner) ? service : owner;
  }

  return {
    read(text, service) {
      if (isOff(service)) return undefined;
      const source = sourceOf(service);
      const line = source.parse(text.includes("\u001b") ? text.replace(ANSI, "") : text);
      if (line === undefined || line === NO_REQUEST || line.status === SWITCHING_PROTOCOLS) {
        return undefined;
      }
      source.requests += 1;
      if (line.seconds !== undefined) source.timedRequests += 1;
      const path = parsePath(line.target);
      const owner = ownerOf(service, line, path);
      if (measuresItself(owner)) return undefined;
      const route = path === undefined ? undefined : routes.nameOf(owner, path, line.status);
      return toObservation(line, owner, route);
    },
    restart: (service) => sources.get(service)?.restart(),
    forget(service) {
      sources.delete(service);
      routes.forget(service);
    },
    suggestion(service) {
      const source = sources.get(service);
      if (source === undefined || source.requests < MIN_LINES_FOR_SUGGESTION) return undefined;
      if (source.timedRequests > 0) return undefined;
      return describeMissingDuration(service, source.writer());
    },
  };
}

/** Services that a proxy's requests are split to, without the proxies, which may keep the rest. */
function findBehindProxy(split: AccessLogConfig["split"]): ReadonlySet<string> {
  const proxies = new Set(split.map(({ from }) => from));
  return new Set(split.map(({ service }) => service).filter((service) => !proxies.has(service)));
}

// Colours; morgan, gin and werkzeug write them without a terminal, too.
// biome-ignore lint/suspicious/noControlCharactersInRegex: the escape is what is looked for
const ANSI = /\u001b\[[\d;]{0,16}m/g;

function toObservation(
  { method, status, seconds, target, scheme }: AccessLine,
  service: string,
  route: string | undefined,
): RequestObservation {
  const known = scheme ?? parseOrigin(target)?.scheme;
  return {
    service,
    method: toKnownMethod(method),
    ...(status === undefined ? {} : { status }),
    ...(route === undefined ? {} : { route }),
    ...(seconds === undefined ? {} : { seconds }),
    ...(known === undefined ? {} : { scheme: known }),
  };
}

function createSource(config: AccessLogFormatConfig | undefined): Source {
  const counts = { requests: 0, timedRequests: 0 };
  const format = config?.format ?? "auto";
  if (format === "auto") {
    const detection = createDetection();
    return {
      ...counts,
      parse: detection.read,
      restart: detection.restart,
      writer: () => detection.format()?.writer ?? "other",
    };
  }
  if (format === "pattern") {
    const parse = createPatternParser(config?.pattern ?? "");
    return { ...counts, parse, restart: () => undefined, writer: () => "other" };
  }
  const chosen = formatsOf(format);
  return {
    ...counts,
    parse: (text) => parseFirst(chosen, text),
    restart: () => undefined,
    writer: () => chosen[0]?.writer ?? "other",
  };
}

/** A format that somebody chose needs no proof: whatever stands before the time is taken. */
const CHOSEN_COMMON_LOG: LineFormat = { ...COMMON_LOG, parse: parseAnyCommonLog };

/** Traefik writes the common format, too, with more behind it. */
function formatsOf(format: AccessLogFormat): readonly LineFormat[] {
  const inJson = JSON_FORMATS.filter(({ configured }) => configured === format);
  return format === "caddy" ? inJson : [...inJson, CHOSEN_COMMON_LOG];
}

function parseFirst(formats: readonly LineFormat[], text: string): AccessResult {
  for (const format of formats) {
    const found = readAs(format, text);
    if (found !== undefined) return found;
  }
  return undefined;
}
