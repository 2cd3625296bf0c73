import {
  AGENT_DEFAULTS,
  type AgentConfig,
  GATEWAY_DEFAULTS,
  type GatewayConfig,
} from "@sightline/core";
import type { AgentSpec } from "../../spec/schema/agent.ts";
import type { GatewaySpec } from "../../spec/schema/gateway.ts";
import type { Spec } from "../../spec/schema/spec.ts";
import type { Artefact } from "../artefact.ts";

/** A file may leave out what stays as it is by default; later versions then bring their own. */
type Settings<T extends { readonly version: 1 }> = { readonly version: 1 } & {
  readonly [Key in keyof T]?:
    | (T[Key] extends readonly unknown[] ? T[Key] : Partial<T[Key]>)
    | undefined;
};

/** `agent/agent.json` and `gateway/gateway.json`: those two read no YAML. */
export function emitConfig(spec: Spec, environment: string | undefined): readonly Artefact[] {
  return [
    { path: "agent/agent.json", text: toText(agentSettings(spec.agent, environment)) },
    { path: "gateway/gateway.json", text: toText(gatewaySettings(spec.gateway, environment)) },
  ];
}

function agentSettings(agent: AgentSpec, environment: string | undefined): Settings<AgentConfig> {
  const { docker, journal, redaction, access_logs: accessLogs } = agent;
  return {
    version: AGENT_DEFAULTS.version,
    hostName: agent.host_name,
    environment: agent.environment ?? environment,
    port: agent.port,
    otlp: agent.otlp && given<AgentConfig["otlp"]>(agent.otlp),
    docker:
      docker &&
      given<AgentConfig["docker"]>({
        url: docker.url,
        enabled: docker.enabled,
        defaultShipMode: docker.default_ship_mode,
        include: docker.include,
        exclude: docker.exclude,
        statsIntervalMillis: docker.stats_interval,
      }),
    journal:
      journal &&
      given<AgentConfig["journal"]>({ folder: journal.folder, maxBytes: journal.max_size }),
    tailLines: agent.tail_lines,
    rateLimit:
      agent.rate_limit &&
      given<AgentConfig["rateLimit"]>({
        linesPerSecond: agent.rate_limit.lines_per_second,
        burstLines: agent.rate_limit.burst_lines,
      }),
    redaction:
      redaction &&
      given<AgentConfig["redaction"]>({
        allowCategories: redaction.allow_categories,
        denyPatterns: redaction.deny_patterns,
        denyKeys: redaction.deny_keys,
        allowKeys: redaction.allow_keys,
      }),
    multiline: agent.multiline,
    files: agent.files,
    journald: agent.journald,
    accessLogs:
      accessLogs &&
      given<AgentConfig["accessLogs"]>({
        formats: accessLogs.formats?.map((row) => given(row)) as
          | AgentConfig["accessLogs"]["formats"]
          | undefined,
        split: accessLogs.split?.map((row) => given(row)) as
          | AgentConfig["accessLogs"]["split"]
          | undefined,
        routes: accessLogs.routes,
        maxRoutes: accessLogs.max_routes,
      }),
  };
}

function gatewaySettings(
  gateway: GatewaySpec,
  environment: string | undefined,
): Settings<GatewayConfig> {
  const { spool } = gateway;
  return {
    version: GATEWAY_DEFAULTS.version,
    roles: gateway.roles,
    environment: gateway.environment ?? environment,
    port: gateway.port,
    otlpUrl: gateway.otlp_url,
    maxBodyBytes: gateway.max_body_size,
    spool:
      spool && given<GatewayConfig["spool"]>({ folder: spool.folder, maxBytes: spool.max_size }),
    mapsFolder: gateway.maps_folder,
  };
}

/** Without the keys that say nothing. */
function given<T extends object>(
  settings: { readonly [Key in keyof T]?: T[Key] | undefined },
): Partial<T> {
  const entries = Object.entries(settings).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Partial<T>;
}

function toText(settings: object): string {
  return `${JSON.stringify(settings, null, 2)}\n`;
}
