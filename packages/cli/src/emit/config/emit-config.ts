import { AGENT_DEFAULTS, type AgentConfig } from "@sightline/core";
import { gatewaySettings } from "../../compile/apps/gateway-settings.ts";
import { given, type Settings, toText } from "../../compile/apps/settings.ts";
import type { AgentSpec } from "../../spec/schema/agent.ts";
import type { Spec } from "../../spec/schema/spec.ts";
import type { Artefact } from "../artefact.ts";

/** `agent/agent.json` and `gateway/gateway.json`: those two read no YAML. */
export function emitConfig(spec: Spec, environment: string | undefined): readonly Artefact[] {
  return [
    { path: "agent/agent.json", text: toText(agentSettings(spec.agent, environment)) },
    { path: "gateway/gateway.json", text: toText(gatewaySettings(spec, environment)) },
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
