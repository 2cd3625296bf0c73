import { resolve } from "node:path";
import { AGENT_DEFAULTS, type AgentConfig, ENV } from "@sightline/core";
import {
  type ConfigFault,
  type Environment,
  mergeSettings,
  portVariable,
  readDefaultOtlpUrl,
  readSettingsFile,
  readVariables,
  type SettingsLayer,
  type SettingVariable,
  toNumber,
} from "@sightline/wire/config";
import { AGENT_FIELDS } from "./agent-fields.ts";

export type AgentConfigResult =
  | {
      readonly status: "ok";
      readonly config: AgentConfig;
      /** The file that was read; undefined where none was named: defaults and environment. */
      readonly path: string | undefined;
    }
  | { readonly status: "faults"; readonly faults: readonly ConfigFault[] };

const VARIABLES: readonly SettingVariable[] = [
  { name: ENV.host, path: ["hostName"], parse: String },
  { name: ENV.environment, path: ["environment"], parse: String },
  { name: portVariable("AGENT"), path: ["port"], parse: toNumber },
  { name: "OTEL_EXPORTER_OTLP_ENDPOINT", path: ["otlp", "url"], parse: String },
  { name: "DOCKER_HOST", path: ["docker", "url"], parse: String },
];

/**
 * Reads the agent's settings: the environment beats the file, the file beats {@link AGENT_DEFAULTS}.
 * The file is `path`, else `SIGHTLINE_AGENT_CONFIG`; where neither names one, there is none. Finds
 * every fault at once, in the file and in the environment. References to secrets stay references:
 * see `resolveSecrets`.
 */
export function readAgentConfig(input: {
  readonly path?: string;
  readonly env: Environment;
}): AgentConfigResult {
  const { env } = input;
  const named = input.path ?? env[ENV.agentConfig]?.trim();
  const path = named ? resolve(named) : undefined;
  const file =
    path === undefined
      ? { settings: {}, faults: [] }
      : readSettingsFile({ path, fields: AGENT_FIELDS, advice: ADVICE });
  const environment = readVariables(env, {
    fields: AGENT_FIELDS,
    variables: VARIABLES,
    headers: ["otlp", "headers"],
  });
  const collector = readDefaultOtlpUrl(env, AGENT_FIELDS);
  const faults = [...file.faults, ...environment.faults, ...collector.faults];
  if (faults.length > 0) return { status: "faults", faults };
  const local = collector.url === undefined ? {} : { otlp: { url: collector.url } };
  const defaults: SettingsLayer = { ...AGENT_DEFAULTS };
  const layers = [defaults, local, file.settings, environment.settings];
  const config = mergeSettings(AGENT_FIELDS, layers) as unknown as AgentConfig;
  return { status: "ok", config, path };
}

const ADVICE = `correct the path in --config or ${ENV.agentConfig}, or leave it out to run on defaults`;
