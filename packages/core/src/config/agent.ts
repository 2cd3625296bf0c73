import type { ShipMode } from "../conventions.ts";

/**
 * `agent.json`: what `sightline build` writes for the agent of one VM. Plain JSON; the agent reads
 * no YAML. Secrets are references (`${env:NAME}`, `${file:path}`), resolved when they are used.
 */
export interface AgentConfig {
  readonly version: 1;
  /** `host.name` of everything this agent sends. Absent: `SIGHTLINE_HOST`, else Docker's `/info`. */
  readonly hostName?: string;
  /** `deployment.environment.name` of everything this agent sends. */
  readonly environment: string;
  /** Docker Engine API, read calls only: `unix:///var/run/docker.sock` or the proxy's `http://…`. */
  readonly dockerUrl: string;
  /** Base of the collector's OTLP/HTTP endpoint, without `/v1/logs`. */
  readonly otlpUrl: string;
  /** TCP port of `/metrics` and `/healthz`, on 127.0.0.1. */
  readonly port: number;
  /** What happens to a container that carries no `sightline.logs` label. */
  readonly defaultShipMode: ShipMode;
  readonly spool: SpoolConfig;
  /** Lines kept per container for its crash record. */
  readonly tailLines: number;
}

/** Where records wait while the receiver is away. */
export interface SpoolConfig {
  /** Absent: `<SIGHTLINE_DATA>/spool`. */
  readonly folder?: string;
  /** The oldest records are dropped, and counted, past this. */
  readonly maxBytes: number;
}

export const AGENT_DEFAULTS: AgentConfig = {
  version: 1,
  environment: "production",
  dockerUrl: "unix:///var/run/docker.sock",
  otlpUrl: "http://127.0.0.1:4318",
  port: 8718,
  defaultShipMode: "ship",
  spool: { maxBytes: 268_435_456 },
  tailLines: 200,
};
