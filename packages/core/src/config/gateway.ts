import type { RedactionCategory } from "../redaction/category.ts";
import type { SpoolConfig } from "./agent.ts";

export const GATEWAY_ROLES = ["intake", "desk"] as const;

/**
 * `intake` takes browser payloads and reports, keeps no state and may run many times; `desk` keeps
 * tickets and the status page in SQLite and runs exactly once.
 */
export type GatewayRole = (typeof GATEWAY_ROLES)[number];

/** One browser application, and the public keys its pages send with. */
export interface GatewayApp {
  /** `service.name` of what its pages send; also the folder of its source maps. `[a-z0-9][a-z0-9._-]{0,62}`. */
  readonly serviceName: string;
  /**
   * Last path segment of `/c/<key>` and `/r/<key>`. Public by nature: it is in the page. Several while
   * one is replaced. `[A-Za-z0-9_-]{8,64}`.
   */
  readonly keys: readonly string[];
  /** Exact origins that may send, `https://app.example.com`. Empty: none may. */
  readonly origins: readonly string[];
  /** False is the kill switch: requests are answered and counted, nothing is kept. */
  readonly enabled: boolean;
  /** Requests per minute from one address before 429. */
  readonly maxRequestsPerMinute: number;
  /** Bytes per minute with all keys of this app, after decompression, before 429. */
  readonly maxBytesPerMinute: number;
  /** Occurrences of one error (`fp`) per minute that become lines; the rest is counted into `n`. */
  readonly maxSameErrorsPerMinute: number;
  /** Page routes of which addresses are made templates where the page names none, `/orders/:id`. */
  readonly routes: readonly string[];
}

export interface GatewayRedactionConfig {
  /** Categories that stay readable, for example `["email"]`. */
  readonly allowCategories: readonly RedactionCategory[];
  /** Regular expressions whose matches are masked. */
  readonly denyPatterns: readonly string[];
}

/**
 * `gateway.json`: what `sightline build` writes for the gateway. Plain JSON; the gateway reads no
 * YAML, and reads this file again when it changes. Secrets are references (`${env:NAME}`,
 * `${file:path}`), resolved when they are used. Every section may be left out.
 */
export interface GatewayConfig {
  readonly version: 1;
  /** One process has both by default. */
  readonly roles: readonly GatewayRole[];
  /** `deployment.environment.name` of what it forwards. */
  readonly environment: string;
  /** `host.name` of what it forwards. Absent: `SIGHTLINE_HOST`, else the machine's own name. */
  readonly hostName?: string;
  /** TCP port on 127.0.0.1; the TLS entry stands before it. */
  readonly port: number;
  /** Base of the collector's OTLP/HTTP endpoint, without `/v1/logs`. */
  readonly otlpUrl: string;
  /** For a collector that asks for them; values may be references to secrets. */
  readonly otlpHeaders?: Readonly<Record<string, string>>;
  readonly apps: readonly GatewayApp[];
  /** Largest request body as it comes; more is answered 413. */
  readonly maxBodyBytes: number;
  /** Largest request body after decompression; more is answered 413. */
  readonly maxInflatedBytes: number;
  /** Deepest nesting of a payload, 1 to 64. */
  readonly maxDepth: number;
  /** Addresses and networks (CIDR) whose `X-Forwarded-For` is believed, beside loopback. */
  readonly trustedProxies: readonly string[];
  readonly redaction: GatewayRedactionConfig;
  readonly spool: SpoolConfig;
  /** Absent: `<SIGHTLINE_DATA>/gateway/maps`; a map is `<service>/<debugId>.map` in it. */
  readonly mapsFolder?: string;
  /** Memory of maps that are kept ready, bytes. */
  readonly maxMapCacheBytes: number;
}

export const GATEWAY_DEFAULTS: GatewayConfig = {
  version: 1,
  roles: ["intake", "desk"],
  environment: "production",
  port: 8717,
  otlpUrl: "http://127.0.0.1:4318",
  apps: [],
  maxBodyBytes: 1_048_576,
  maxInflatedBytes: 4_194_304,
  maxDepth: 16,
  trustedProxies: [],
  redaction: { allowCategories: [], denyPatterns: [] },
  spool: { maxBytes: 268_435_456 },
  maxMapCacheBytes: 50_331_648,
};

export const GATEWAY_APP_DEFAULTS: Omit<GatewayApp, "serviceName" | "keys"> = {
  origins: [],
  enabled: true,
  maxRequestsPerMinute: 300,
  maxBytesPerMinute: 60_000_000,
  maxSameErrorsPerMinute: 30,
  routes: [],
};

/** What a running gateway takes over from a changed file; for the rest it has to start again. */
export const GATEWAY_LIVE_SETTINGS: ReadonlySet<string> = new Set<keyof GatewayConfig>([
  "version",
  "apps",
  "maxBodyBytes",
  "maxInflatedBytes",
  "maxDepth",
  "trustedProxies",
]);
