import type { ShipMode } from "../conventions.ts";
import type { RedactionCategory } from "../redaction/category.ts";

/**
 * `agent.json`: what `sightline build` writes for the agent of one VM. Plain JSON; the agent reads
 * no YAML. Secrets are references (`${env:NAME}`, `${file:path}`), resolved when they are used.
 * Every section may be left out; see {@link AGENT_DEFAULTS}.
 */
export interface AgentConfig {
  readonly version: 1;
  /** `host.name` of everything this agent sends. Absent: `SIGHTLINE_HOST`, else Docker's `/info`. */
  readonly hostName?: string;
  /** `deployment.environment.name` of everything this agent sends. */
  readonly environment: string;
  /** TCP port of `/healthz` and `/accounts`, on 127.0.0.1. */
  readonly port: number;
  readonly otlp: AgentOtlpConfig;
  readonly docker: AgentDockerConfig;
  readonly journal: SpoolConfig;
  /** Lines kept per container for its crash record, 0 to 1,000. */
  readonly tailLines: number;
  readonly rateLimit: RateLimitConfig;
  readonly redaction: AgentRedactionConfig;
  /** How lines of one service are joined, where the built-in rules do not fit. */
  readonly multiline: readonly MultilineConfig[];
  readonly files: readonly FileSourceConfig[];
  readonly journald: readonly JournaldSourceConfig[];
  readonly accessLogs: AccessLogConfig;
}

export interface AgentOtlpConfig {
  /** Base of the collector's OTLP/HTTP endpoint, without `/v1/logs`. */
  readonly url: string;
  /** Sent with every request, for example `{"authorization": "Bearer ${file:/etc/sightline/token}"}`. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface AgentDockerConfig {
  /** Docker Engine API, read calls only: `unix:///var/run/docker.sock` or the proxy's `http://…`. */
  readonly url: string;
  /** False: files and journald only. */
  readonly enabled: boolean;
  /** What happens to a container that carries no `sightline.logs` label. */
  readonly defaultShipMode: ShipMode;
  /** Container names, `*` for any text. Empty: all. A label on the container beats both lists. */
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  /** How often CPU, memory, network and disk of each container are read. */
  readonly statsIntervalMillis: number;
}

/** Where records wait while the receiver is away. */
export interface SpoolConfig {
  /** Absent: a folder below `SIGHTLINE_DATA`. */
  readonly folder?: string;
  /** Past this the agent stops storing, and counts what it can no longer keep. */
  readonly maxBytes: number;
}

/**
 * What one container, file or unit may send, by the times of its own lines, so that a backlog is
 * judged as it was written. Past it, lines below WARN are left out first, counted and said once.
 */
export interface RateLimitConfig {
  readonly linesPerSecond: number;
  /** Lines that may come at once before the rate holds. */
  readonly burstLines: number;
}

export interface AgentRedactionConfig {
  /** Categories that stay readable, for example `["email"]`. */
  readonly allowCategories: readonly RedactionCategory[];
  /** Regular expressions whose matches are masked. */
  readonly denyPatterns: readonly string[];
  /** Keys whose values are masked, beside the built-in ones. */
  readonly denyKeys: readonly string[];
  /** Keys that stay although the built-in list has them. */
  readonly allowKeys: readonly string[];
}

export interface MultilineConfig {
  readonly service: string;
  /** Regular expression of a record's first line; every other line belongs to the one before. */
  readonly start: string;
}

export interface FileSourceConfig {
  /** Absolute, for example `/var/log/nginx/*.access.log`. */
  readonly glob: string;
  readonly service: string;
}

export interface JournaldSourceConfig {
  /** `api.service`. */
  readonly unit: string;
  readonly service: string;
}

export const ACCESS_LOG_FORMATS = [
  "auto",
  "combined",
  "caddy",
  "traefik",
  "pattern",
  "off",
] as const;
export type AccessLogFormat = (typeof ACCESS_LOG_FORMATS)[number];

export interface AccessLogConfig {
  /** Formats for sources by service; others are recognised by their lines (`auto`). */
  readonly formats: readonly AccessLogFormatConfig[];
  /** Whose requests they are, where a proxy stands before several services. The first that fits. */
  readonly split: readonly AccessLogSplitConfig[];
  /** Route templates by service, `/users/{id}`. What no template fits is made one by rule. */
  readonly routes: Readonly<Record<string, readonly string[]>>;
  /** Routes kept apart per service; the rest is `_other`. */
  readonly maxRoutes: number;
}

export interface AccessLogFormatConfig {
  readonly service: string;
  readonly format: AccessLogFormat;
  /**
   * For `pattern`: a regular expression with named groups `method`, `status`, `path`, and where the
   * line has them `duration_s`, `duration_ms`, `duration_us`, `host`.
   */
  readonly pattern?: string;
}

export interface AccessLogSplitConfig {
  /** Service whose lines are split, the proxy. Absent: any. */
  readonly from?: string;
  readonly host?: string;
  /** Prefix of the path, `/api/`. */
  readonly path?: string;
  readonly service: string;
}

export const AGENT_DEFAULTS: AgentConfig = {
  version: 1,
  environment: "production",
  port: 8718,
  otlp: { url: "http://127.0.0.1:4318", headers: {} },
  docker: {
    url: "unix:///var/run/docker.sock",
    enabled: true,
    defaultShipMode: "ship",
    include: [],
    exclude: [],
    statsIntervalMillis: 15_000,
  },
  journal: { maxBytes: 268_435_456 },
  tailLines: 200,
  rateLimit: { linesPerSecond: 5_000, burstLines: 50_000 },
  redaction: { allowCategories: [], denyPatterns: [], denyKeys: [], allowKeys: [] },
  multiline: [],
  files: [],
  journald: [],
  accessLogs: { formats: [], split: [], routes: {}, maxRoutes: 200 },
};
