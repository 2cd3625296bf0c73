import {
  ACCESS_LOG_FORMATS,
  type AccessLogConfig,
  type AccessLogFormatConfig,
  type AccessLogSplitConfig,
  type AgentConfig,
  type AgentDockerConfig,
  type AgentOtlpConfig,
  type AgentRedactionConfig,
  type FileSourceConfig,
  type JournaldSourceConfig,
  type MultilineConfig,
  type RateLimitConfig,
  REDACTION_CATEGORIES,
  SHIP_MODES,
  type SpoolConfig,
} from "@sightline/core";
import {
  absolutePath,
  accepted,
  flag,
  headers,
  isText,
  list,
  type ObjectField,
  type ObjectProblem,
  object,
  oneOf,
  otlpUrl,
  pattern,
  port,
  text,
  type ValueField,
  value,
  whole,
} from "@sightline/wire/config";
import { parseDockerAddress } from "../docker/docker-address.ts";
import { findTemplateFault } from "../requests/route-templates.ts";
import { findPatternFaults } from "../requests/user-pattern.ts";

const MAX_ITEMS = 1_000;

/** Every setting of `agent.json`: what it takes, in words and as a test. The file and the environment are checked by it. */
export const AGENT_FIELDS: ObjectField = object<AgentConfig>({
  version: accepted("1, the version that this agent reads", (given) => given === 1),
  hostName: text("a host's name of 1 to 255 characters"),
  environment: text(),
  port: port(),
  otlp: object<AgentOtlpConfig>({ url: otlpUrl(), headers: headers() }),
  docker: object<AgentDockerConfig>({
    url: dockerUrl(),
    enabled: flag(),
    defaultShipMode: oneOf(SHIP_MODES),
    include: list(containerName(), MAX_ITEMS),
    exclude: list(containerName(), MAX_ITEMS),
    statsIntervalMillis: whole(1_000, 3_600_000, "milliseconds"),
  }),
  journal: object<SpoolConfig>({
    folder: absolutePath('an absolute path, such as "/var/lib/sightline/journal"'),
    maxBytes: whole(1_048_576, 1_099_511_627_776, "bytes"),
  }),
  tailLines: whole(0, 1_000, "lines"),
  rateLimit: object<RateLimitConfig>({
    linesPerSecond: whole(1, 1_000_000, "lines"),
    burstLines: whole(1, 10_000_000, "lines"),
  }),
  redaction: object<AgentRedactionConfig>({
    allowCategories: list(oneOf(REDACTION_CATEGORIES), REDACTION_CATEGORIES.length),
    denyPatterns: list(pattern(), 100),
    denyKeys: list(text(), MAX_ITEMS),
    allowKeys: list(text(), MAX_ITEMS),
  }),
  multiline: list(
    object<MultilineConfig>({ service: text(), start: pattern() }, ["service", "start"]),
    MAX_ITEMS,
    "service",
  ),
  files: list(
    object<FileSourceConfig>(
      {
        glob: absolutePath('an absolute glob, such as "/var/log/nginx/*.access.log"'),
        service: text(),
      },
      ["glob", "service"],
    ),
    MAX_ITEMS,
    "glob",
  ),
  journald: list(
    object<JournaldSourceConfig>({ unit: unitName(), service: text() }, ["unit", "service"]),
    MAX_ITEMS,
    "unit",
  ),
  accessLogs: object<AccessLogConfig>({
    formats: list(
      object<AccessLogFormatConfig>(
        { service: text(), format: oneOf(ACCESS_LOG_FORMATS), pattern: pattern() },
        ["service", "format"],
        checkFormat,
      ),
      MAX_ITEMS,
      "service",
    ),
    split: list(
      object<AccessLogSplitConfig>(
        {
          from: text(),
          host: text('a host\'s name, such as "api.example.org"'),
          path: urlPath('a path\'s beginning, such as "/api/"'),
          service: text(),
        },
        ["service"],
        checkSplit,
      ),
      MAX_ITEMS,
    ),
    routes: {
      kind: "map",
      value: list(routeTemplate(), MAX_ITEMS),
      expectedKey: "a service's name",
      isKey: isText,
    },
    maxRoutes: whole(1, 10_000, "routes"),
  }),
});

function dockerUrl(): ValueField {
  return accepted(
    '"unix:///var/run/docker.sock" or "http://docker-proxy:2375"',
    (given) => isText(given) && parseDockerAddress(given).status === "ok",
  );
}

function containerName(): ValueField {
  return accepted(
    'a container\'s name, such as "shop-*"',
    (given) => typeof given === "string" && /^[\w.*-]{1,255}$/.test(given),
  );
}

function unitName(): ValueField {
  return accepted(
    'a unit\'s name with its kind, such as "api.service"',
    (given) => typeof given === "string" && /^[\w:.\\@-]{1,246}\.[a-z]{1,12}$/.test(given),
  );
}

function urlPath(expected: string): ValueField {
  return accepted(expected, (given) => isText(given) && /^\/[^?#\s]{0,1000}$/.test(given));
}

function routeTemplate(): ValueField {
  const path = urlPath('a route\'s template, such as "/users/{id}"');
  return value(path.expected, (given) => {
    if (path.check(given) !== undefined) return "wrong";
    const why = findTemplateFault(String(given));
    return why === undefined ? undefined : { why };
  });
}

function checkFormat(given: Readonly<Record<string, unknown>>): readonly ObjectProblem[] {
  const { service, format, pattern } = given as Partial<AccessLogFormatConfig>;
  if (format !== "pattern") {
    if (pattern === undefined) return [];
    const message = `expected only beside "format": "pattern", got it beside "${format}"`;
    return [{ key: "pattern", message }];
  }
  if (pattern === undefined) {
    const message = 'expected a "pattern" beside "format": "pattern", got none';
    return [{ key: "format", message }];
  }
  return findPatternFaults({ service: service ?? "", format, pattern }).map((message) => ({
    key: "pattern",
    message,
  }));
}

function checkSplit(given: Readonly<Record<string, unknown>>): readonly ObjectProblem[] {
  const { host, path } = given as Partial<AccessLogSplitConfig>;
  if (host !== undefined || path !== undefined) return [];
  return [{ key: "", message: 'expected a "host" or a "path" to split by, got neither' }];
}
