import { type AgentConfig, ENV } from "@sightline/core";
import { AGENT_FIELDS } from "./agent-fields.ts";
import { describeProblem } from "./check-node.ts";
import type { ConfigFault } from "./config-fault.ts";
import type { Field } from "./fields.ts";

export type Environment = Readonly<Record<string, string | undefined>>;
/** Any part of the settings, as the file or the environment gives it. */
export type PartialSettings = { readonly [K in keyof AgentConfig]?: Partial<AgentConfig[K]> };

const portVariable = (name: string): string => `${ENV.portPrefix}${name}`;
const HEADERS_VARIABLE = "OTEL_EXPORTER_OTLP_HEADERS";

interface Variable {
  readonly name: string;
  readonly path: readonly [keyof AgentConfig & string, string?];
  parse(text: string): unknown;
}

const VARIABLES: readonly Variable[] = [
  { name: ENV.host, path: ["hostName"], parse: String },
  { name: ENV.environment, path: ["environment"], parse: String },
  { name: portVariable("AGENT"), path: ["port"], parse: toNumber },
  { name: "OTEL_EXPORTER_OTLP_ENDPOINT", path: ["otlp", "url"], parse: String },
  { name: "DOCKER_HOST", path: ["docker", "url"], parse: String },
];

/** The settings that the environment gives, and what is wrong with them. Empty variables are none. */
export function readEnvironment(env: Environment): {
  readonly settings: PartialSettings;
  readonly faults: readonly ConfigFault[];
} {
  const settings: Record<string, unknown> = {};
  const faults: ConfigFault[] = [];
  for (const { name, path, parse } of VARIABLES) {
    const given = env[name]?.trim();
    if (!given) continue;
    const parsed = parse(given);
    const problem = problemOf(path, parsed);
    if (problem !== undefined) faults.push({ source: name, key: "", message: problem });
    else put(settings, path, parsed);
  }
  const headers = readHeaders(env);
  faults.push(...headers.faults);
  if (Object.keys(headers.values).length > 0) put(settings, ["otlp", "headers"], headers.values);
  return { settings: settings as PartialSettings, faults };
}

/** The port alone says where the stack's own collector is; a whole address says more, so it wins. */
export function readDefaultOtlpUrl(env: Environment): {
  readonly url?: string;
  readonly faults: readonly ConfigFault[];
} {
  const name = portVariable("OTLP");
  const given = env[name]?.trim();
  if (!given) return { faults: [] };
  const message = problemOf(["port"], toNumber(given));
  if (message !== undefined) return { faults: [{ source: name, key: "", message }] };
  return { url: `http://127.0.0.1:${given}`, faults: [] };
}

function readHeaders(env: Environment): {
  readonly values: Readonly<Record<string, string>>;
  readonly faults: readonly ConfigFault[];
} {
  const values: Record<string, string> = {};
  const faults: ConfigFault[] = [];
  // Positions only: the text of a header is a secret.
  const report = (position: number, message: string): void => {
    faults.push({ source: HEADERS_VARIABLE, key: "", message: `pair ${position}: ${message}` });
  };
  for (const [index, pair] of (env[HEADERS_VARIABLE] ?? "").split(",").entries()) {
    if (pair.trim() === "") continue;
    const parsed = parsePair(pair);
    const problem = parsed ? problemOf(["otlp", "headers"], parsed) : undefined;
    if (parsed === undefined)
      report(index + 1, "expected key=value, percent-encoded, got something else");
    else if (problem !== undefined) report(index + 1, problem);
    else values[parsed.key] = parsed.value;
  }
  return { values, faults };
}

interface Pair {
  readonly key: string;
  readonly value: string;
}

function parsePair(pair: string): Pair | undefined {
  const at = pair.indexOf("=");
  if (at < 1) return undefined;
  try {
    const key = decodeURIComponent(pair.slice(0, at).trim());
    return { key, value: decodeURIComponent(pair.slice(at + 1).trim()) };
  } catch {
    return undefined;
  }
}

function problemOf(path: readonly (string | undefined)[], given: unknown): string | undefined {
  const field = fieldAt(path);
  if (field.kind === "value") return describeProblem(field, given);
  if (field.kind !== "map" || field.value.kind !== "value") throw new Error(`no value at ${path}`);
  const { key, value } = given as Pair;
  if (!field.isKey(key)) return `expected ${field.expectedKey} before the "="`;
  return describeProblem(field.value, value);
}

function fieldAt(path: readonly (string | undefined)[]): Field {
  let field: Field = AGENT_FIELDS;
  for (const name of path) {
    const next: Field | undefined =
      name !== undefined && field.kind === "object" ? field.fields[name] : field;
    if (next === undefined) throw new Error(`no setting "${path.join(".")}"`);
    field = next;
  }
  return field;
}

function put(target: Record<string, unknown>, path: Variable["path"], value: unknown): void {
  const [section, name] = path;
  if (name === undefined) target[section] = value;
  else target[section] = { ...(target[section] as object | undefined), [name]: value };
}

function toNumber(text: string): unknown {
  return /^\d{1,15}$/.test(text) ? Number(text) : text;
}
