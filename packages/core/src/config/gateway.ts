import type { SpoolConfig } from "./agent.ts";

export const GATEWAY_ROLES = ["intake", "desk"] as const;

/**
 * `intake` takes browser payloads and reports, keeps no state and may run many times; `desk` keeps
 * tickets and the status page in SQLite and runs exactly once.
 */
export type GatewayRole = (typeof GATEWAY_ROLES)[number];

/** One browser application, and the public key its pages send with. */
export interface GatewayApp {
  /** Last path segment of `/c/<key>` and `/r/<key>`. Public by nature: it is in the page. */
  readonly key: string;
  /** `service.name` of what its pages send. */
  readonly serviceName: string;
  /** Exact origins that may send, `https://app.example.com`. Empty: none may. */
  readonly origins: readonly string[];
  /** Requests per minute from one address before 429. */
  readonly maxRequestsPerMinute: number;
}

/**
 * `gateway.json`: what `sightline build` writes for the gateway. Plain JSON; the gateway reads no
 * YAML. Secrets are references (`${env:NAME}`, `${file:path}`), resolved when they are used.
 */
export interface GatewayConfig {
  readonly version: 1;
  /** One process has both by default. */
  readonly roles: readonly GatewayRole[];
  /** `deployment.environment.name` of what it forwards. */
  readonly environment: string;
  /** TCP port on 127.0.0.1; the TLS entry stands before it. */
  readonly port: number;
  /** Base of the collector's OTLP/HTTP endpoint, without `/v1/logs`. */
  readonly otlpUrl: string;
  readonly apps: readonly GatewayApp[];
  /** Largest request body; more is answered 413. */
  readonly maxBodyBytes: number;
  readonly spool: SpoolConfig;
  /** Absent: `<SIGHTLINE_DATA>/gateway/maps`; a map is `<debugId>.map` in it. */
  readonly mapsFolder?: string;
}

export const GATEWAY_DEFAULTS: GatewayConfig = {
  version: 1,
  roles: ["intake", "desk"],
  environment: "production",
  port: 8717,
  otlpUrl: "http://127.0.0.1:4318",
  apps: [],
  maxBodyBytes: 1_048_576,
  spool: { maxBytes: 268_435_456 },
};

export const GATEWAY_APP_DEFAULTS: Pick<GatewayApp, "origins" | "maxRequestsPerMinute"> = {
  origins: [],
  maxRequestsPerMinute: 300,
};
