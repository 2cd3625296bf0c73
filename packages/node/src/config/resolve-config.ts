import { join } from "node:path";
import { DATA_FOLDER, ENV, PORT } from "@sightline/core";
import { createUserKey } from "@sightline/wire";
import { chooseDatabases } from "../databases/database-names.ts";
import { chooseLoggers } from "../logs/loggers.ts";
import { buildResourceAttributes } from "./build-resource-attributes.ts";
import { checkOptions } from "./check-options.ts";
import type {
  HostFacts,
  NodeConfig,
  RingConfig,
  SamplerConfig,
  SpoolConfig,
} from "./node-config.ts";
import { type EnvironmentSettings, readEnvironment } from "./read-environment.ts";
import type { StartOptions } from "./start-options.ts";

/** `faults` are mistakes in code, to throw; `warnings` are mistakes in the environment, to say. */
export type ResolvedConfig = {
  readonly config: NodeConfig;
  readonly faults: readonly string[];
  readonly warnings: readonly string[];
};

export type ResolveInput = {
  readonly options: StartOptions;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly facts: HostFacts;
};

/** Head sampling: enough to see each route of a small service, cheap enough to leave on. */
const DEFAULT_SAMPLER: SamplerConfig = { kind: "ratio", ratio: 0.1, isParentBased: true };

const DEFAULTS = {
  exportTimeoutMillis: 10_000,
  logs: "otlp",
  winstonFormats: false,
  metrics: true,
  promClient: true,
  metricIntervalMillis: 15_000,
  traces: true,
  spoolMaxBytes: 134_217_728,
  crashRecorder: true,
  ringMaxBytes: 4_194_304,
  maxMemoryBytes: 16_777_216,
  flushTimeoutMillis: 2_000,
  maxRoutes: 500,
  maxPeers: 100,
  maxTemplates: 50,
  maxLabelValues: 200,
  handleSignals: true,
  startupLine: true,
  disabled: false,
} as const;

/** Merges code over environment over defaults. Pure: everything it reads is in the input. */
export function resolveConfig(input: ResolveInput): ResolvedConfig {
  const faults = checkOptions(input.options);
  const environment = readEnvironment(input.env);
  // With faults the result is not used; the options are left out so that nothing here can fail.
  const options = faults.length === 0 ? withoutUndefined(input.options) : {};
  const config = mergeConfig(options, environment, input);
  return { config, faults, warnings: environment.warnings };
}

function mergeConfig(
  options: StartOptions,
  environment: EnvironmentSettings,
  { env, facts }: ResolveInput,
): NodeConfig {
  const merged = { ...DEFAULTS, ...environment.options, ...options };
  const resource = buildResourceAttributes({ options, environment, env, facts });
  const base = merged.endpoint ?? `http://127.0.0.1:${defaultPort(env)}`;
  return {
    enabled: !merged.disabled,
    ...resource,
    endpoint: base,
    endpoints: {
      ...signalEndpoints(base),
      ...(options.endpoint === undefined ? environment.endpoints : {}),
    },
    headers: { ...environment.options.headers, ...options.headers },
    compression: merged.compression,
    exportTimeoutMillis: merged.exportTimeoutMillis ?? DEFAULTS.exportTimeoutMillis,
    logs: merged.logs ?? DEFAULTS.logs,
    loggers: [
      ...new Set(options.loggers ?? chooseLoggers(env["OTEL_NODE_DISABLED_INSTRUMENTATIONS"])),
    ],
    winstonFormats: merged.winstonFormats ?? DEFAULTS.winstonFormats,
    metrics: merged.metrics ?? DEFAULTS.metrics,
    promClient: merged.promClient ?? DEFAULTS.promClient,
    metricIntervalMillis: merged.metricIntervalMillis ?? DEFAULTS.metricIntervalMillis,
    traces: merged.traces ?? DEFAULTS.traces,
    sampler: chooseSampler(options.sampleRatio, environment.sampler),
    databases: pickDatabases(options.databases, env),
    spool: chooseSpool(merged, env, facts, resource.serviceName),
    ring: chooseRing(merged, env, facts, resource.serviceName),
    maxMemoryBytes: merged.maxMemoryBytes ?? DEFAULTS.maxMemoryBytes,
    redaction: merged.redaction ?? {},
    userKey: merged.userSecret === undefined ? undefined : createUserKey(merged.userSecret),
    flushTimeoutMillis: merged.flushTimeoutMillis ?? DEFAULTS.flushTimeoutMillis,
    maxRoutes: merged.maxRoutes ?? DEFAULTS.maxRoutes,
    maxPeers: merged.maxPeers ?? DEFAULTS.maxPeers,
    maxTemplates: merged.maxTemplates ?? DEFAULTS.maxTemplates,
    maxLabelValues: merged.maxLabelValues ?? DEFAULTS.maxLabelValues,
    clientTemplate: merged.clientTemplate,
    handleSignals: merged.handleSignals ?? DEFAULTS.handleSignals,
    startupLine: merged.startupLine ?? DEFAULTS.startupLine,
  };
}

function withoutUndefined(options: StartOptions): StartOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

function signalEndpoints(base: string): NodeConfig["endpoints"] {
  const root = base.replace(/\/+$/, "");
  return {
    logs: `${root}/v1/logs`,
    metrics: `${root}/v1/metrics`,
    traces: `${root}/v1/traces`,
  };
}

function defaultPort(env: ResolveInput["env"]): number {
  const port = Number(env[`${ENV.portPrefix}OTLP`]);
  return Number.isInteger(port) && port > 0 && port < 65_536 ? port : PORT.otlp;
}

function chooseSampler(
  ratio: number | undefined,
  fromEnvironment: SamplerConfig | undefined,
): SamplerConfig {
  if (ratio !== undefined) return { kind: "ratio", ratio, isParentBased: true };
  return fromEnvironment ?? DEFAULT_SAMPLER;
}

function pickDatabases(
  given: StartOptions["databases"],
  env: ResolveInput["env"],
): NodeConfig["databases"] {
  if (given === false) return [];
  const { OTEL_NODE_ENABLED_INSTRUMENTATIONS: enabled } = env;
  return given ?? chooseDatabases(enabled, env["OTEL_NODE_DISABLED_INSTRUMENTATIONS"]);
}

function chooseSpool(
  merged: StartOptions,
  env: ResolveInput["env"],
  facts: HostFacts,
  serviceName: string,
): SpoolConfig | undefined {
  if (merged.spoolDirectory === false) return undefined;
  const folder = join(dataFolder(env, facts), DATA_FOLDER.spool, toFolderName(serviceName));
  const directory = merged.spoolDirectory ?? folder;
  return { directory, maxBytes: merged.spoolMaxBytes ?? DEFAULTS.spoolMaxBytes };
}

function chooseRing(
  merged: StartOptions,
  env: ResolveInput["env"],
  facts: HostFacts,
  serviceName: string,
): RingConfig | undefined {
  if (merged.crashRecorder === false) return undefined;
  const folder = join(dataFolder(env, facts), DATA_FOLDER.ring, toFolderName(serviceName));
  return {
    directory: merged.ringDirectory ?? folder,
    maxBytes: merged.ringMaxBytes ?? DEFAULTS.ringMaxBytes,
  };
}

function dataFolder(env: ResolveInput["env"], facts: HostFacts): string {
  return env[ENV.data]?.trim() || join(facts.homeDirectory, ".local/share/sightline");
}

/** A service may be called "@shop/api" or "../../etc"; its folder may not. */
function toFolderName(serviceName: string): string {
  return serviceName.replace(/[^\w.-]+/g, "-").replace(/^[.-]+/, "") || "service";
}
