import { ENV } from "@sightline/core";
import { SIGNALS } from "@sightline/wire";
import type { SamplerConfig, SignalEndpoints } from "./node-config.ts";
import { OPTION_RULES } from "./option-rules.ts";
import { parseKeyValueList } from "./parse-key-value-list.ts";
import { parseSampler } from "./parse-sampler.ts";
import type { OptionName, StartOptions } from "./start-options.ts";

/** The environment's part of the settings. Wrong values are left out and named in `warnings`. */
export type EnvironmentSettings = {
  readonly options: StartOptions;
  readonly endpoints: Partial<SignalEndpoints>;
  readonly sampler: SamplerConfig | undefined;
  readonly warnings: readonly string[];
};

type Environment = Readonly<Record<string, string | undefined>>;
type Variable = {
  readonly name: string;
  readonly option: OptionName;
  parse(text: string): unknown;
};

const exporter = (values: Readonly<Record<string, unknown>>) => (text: string) =>
  Object.hasOwn(values, text) ? values[text] : text;
const flag = exporter({ true: true, false: false });

/** First one set wins, so a variable of our own stands before the general one. */
const VARIABLES: readonly Variable[] = [
  { name: "OTEL_SERVICE_NAME", option: "serviceName", parse: String },
  { name: "OTEL_EXPORTER_OTLP_ENDPOINT", option: "endpoint", parse: String },
  { name: "OTEL_EXPORTER_OTLP_COMPRESSION", option: "compression", parse: String },
  { name: "OTEL_EXPORTER_OTLP_TIMEOUT", option: "exportTimeoutMillis", parse: Number },
  { name: ENV.logs, option: "logs", parse: String },
  { name: "OTEL_LOGS_EXPORTER", option: "logs", parse: exporter({ none: "off", otlp: "otlp" }) },
  {
    name: "OTEL_METRICS_EXPORTER",
    option: "metrics",
    parse: exporter({ none: false, otlp: true }),
  },
  { name: "OTEL_METRIC_EXPORT_INTERVAL", option: "metricIntervalMillis", parse: Number },
  { name: "OTEL_TRACES_EXPORTER", option: "traces", parse: exporter({ none: false, otlp: true }) },
  { name: ENV.userSecret, option: "userSecret", parse: String },
  { name: "OTEL_SDK_DISABLED", option: "disabled", parse: (text) => flag(text.toLowerCase()) },
];

const EXPORTER_EXPECTED = "otlp or none";

/** Reads `OTEL_*` and `SIGHTLINE_*`. An empty variable counts as not set. Never throws. */
export function readEnvironment(env: Environment): EnvironmentSettings {
  const warnings: string[] = [];
  const options: Record<string, unknown> = {};
  for (const variable of VARIABLES) {
    const text = env[variable.name]?.trim();
    if (!text || Object.hasOwn(options, variable.option)) continue;
    const value = variable.parse(text);
    if (OPTION_RULES[variable.option].accepts(value)) options[variable.option] = value;
    else warnings.push(wrongValue(variable, text));
  }
  readMaps(env, options, warnings);
  warnAboutProtocol(env, warnings);
  const sampler = readSampler(env, warnings);
  return { options, endpoints: readEndpoints(env, warnings), sampler, warnings };
}

function wrongValue(variable: Variable, text: string): string {
  const isExporter = variable.name.endsWith("_EXPORTER");
  const expected = isExporter ? EXPORTER_EXPECTED : OPTION_RULES[variable.option].expected;
  // An endpoint may carry a password.
  const isSecret = variable.option === "endpoint" || variable.option === "userSecret";
  const got = isSecret ? "something else" : `"${text.slice(0, 80)}"`;
  return `${variable.name}: expected ${expected}, got ${got}; the default is used`;
}

function readMaps(env: Environment, options: Record<string, unknown>, warnings: string[]): void {
  const maps = [
    ["OTEL_RESOURCE_ATTRIBUTES", "resourceAttributes"],
    ["OTEL_EXPORTER_OTLP_HEADERS", "headers"],
  ] as const;
  for (const [name, option] of maps) {
    const text = env[name]?.trim();
    if (!text) continue;
    const { values, faultyPositions } = parseKeyValueList(text);
    options[option] = values;
    if (faultyPositions.length > 0) {
      // Positions only: the text of a header is a secret.
      warnings.push(
        `${name}: expected key=value pairs separated by commas, could not read pair ` +
          `${faultyPositions.join(", ")}; the others are used`,
      );
    }
  }
}

function readEndpoints(env: Environment, warnings: string[]): Partial<SignalEndpoints> {
  const endpoints: { -readonly [Signal in keyof SignalEndpoints]?: string } = {};
  for (const signal of SIGNALS) {
    const name = `OTEL_EXPORTER_OTLP_${signal.toUpperCase()}_ENDPOINT`;
    const text = env[name]?.trim();
    if (!text) continue;
    if (OPTION_RULES.endpoint.accepts(text)) endpoints[signal] = text;
    else warnings.push(`${name}: expected a full URL, got something else; the default is used`);
  }
  return endpoints;
}

function readSampler(env: Environment, warnings: string[]): SamplerConfig | undefined {
  const name = env["OTEL_TRACES_SAMPLER"]?.trim();
  if (!name) return undefined;
  const parsed = parseSampler(name, env["OTEL_TRACES_SAMPLER_ARG"]?.trim());
  if (parsed.status === "sampler") return parsed.sampler;
  warnings.push(parsed.message);
  return undefined;
}

function warnAboutProtocol(env: Environment, warnings: string[]): void {
  const protocol = env["OTEL_EXPORTER_OTLP_PROTOCOL"]?.trim();
  if (!protocol || protocol === "http/protobuf") return;
  warnings.push(
    `OTEL_EXPORTER_OTLP_PROTOCOL: expected http/protobuf, which is the one spoken here, got ` +
      `"${protocol.slice(0, 80)}"; http/protobuf is used`,
  );
}
