import { resolve } from "node:path";
import {
  ENV,
  GATEWAY_APP_DEFAULTS,
  GATEWAY_DEFAULTS,
  type GatewayApp,
  type GatewayConfig,
} from "@sightline/core";
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
import { GATEWAY_FIELDS } from "./gateway-fields.ts";

export type GatewayConfigResult =
  | {
      readonly status: "ok";
      readonly config: GatewayConfig;
      /** The file that was read; undefined where none was named: defaults and environment. */
      readonly path: string | undefined;
    }
  | {
      readonly status: "faults";
      readonly faults: readonly ConfigFault[];
      readonly path: string | undefined;
    };

const VARIABLES: readonly SettingVariable[] = [
  { name: ENV.host, path: ["hostName"], parse: String },
  { name: ENV.environment, path: ["environment"], parse: String },
  { name: portVariable("GATEWAY"), path: ["port"], parse: toNumber },
  { name: "OTEL_EXPORTER_OTLP_ENDPOINT", path: ["otlpUrl"], parse: String },
];

/**
 * Reads the gateway's settings: the environment beats the file, the file beats
 * {@link GATEWAY_DEFAULTS}. The file is `path`, else `SIGHTLINE_GATEWAY_CONFIG`; where neither names
 * one, there is none. Finds every fault at once, in the file and in the environment.
 */
export function readGatewayConfig(input: {
  readonly path?: string;
  readonly env: Environment;
}): GatewayConfigResult {
  const { env } = input;
  const named = input.path ?? env[ENV.gatewayConfig]?.trim();
  const path = named ? resolve(named) : undefined;
  const file =
    path === undefined
      ? { settings: {}, faults: [] }
      : readSettingsFile({ path, fields: GATEWAY_FIELDS, advice: ADVICE });
  const environment = readVariables(env, {
    fields: GATEWAY_FIELDS,
    variables: VARIABLES,
    headers: ["otlpHeaders"],
  });
  const collector = readDefaultOtlpUrl(env, GATEWAY_FIELDS);
  const faults = [...file.faults, ...environment.faults, ...collector.faults];
  if (faults.length > 0) return { status: "faults", faults, path };
  const local = collector.url === undefined ? {} : { otlpUrl: collector.url };
  const defaults: SettingsLayer = { ...GATEWAY_DEFAULTS };
  const layers = [defaults, local, file.settings, environment.settings];
  const config = mergeSettings(GATEWAY_FIELDS, layers) as unknown as GatewayConfig;
  return { status: "ok", config: { ...config, apps: config.apps.map(withDefaults) }, path };
}

const ADVICE = `correct the path in --config or ${ENV.gatewayConfig}`;

function withDefaults(app: Partial<GatewayApp> & Pick<GatewayApp, "serviceName" | "keys">) {
  return { ...GATEWAY_APP_DEFAULTS, ...app };
}
