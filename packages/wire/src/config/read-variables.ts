import { ENV } from "@sightline/core";
import { describeProblem } from "./check-node.ts";
import type { ConfigFault } from "./config-fault.ts";
import type { Field, ObjectField } from "./fields.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** An environment variable that is a setting, checked by the same row as the file's. */
export interface SettingVariable {
  readonly name: string;
  /** Where the setting is: `["otlp", "url"]`. */
  readonly path: SettingPath;
  parse(text: string): unknown;
}

export type SettingPath = readonly [string, string?];

export interface VariableSettings {
  readonly settings: Readonly<Record<string, unknown>>;
  readonly faults: readonly ConfigFault[];
}

export interface VariablesOptions {
  readonly fields: ObjectField;
  readonly variables: readonly SettingVariable[];
  /** The map that `OTEL_EXPORTER_OTLP_HEADERS` goes to. */
  readonly headers: SettingPath;
}

/** The settings that the environment gives, and what is wrong with them. Empty variables are none. */
export function readVariables(env: Environment, options: VariablesOptions): VariableSettings {
  const { fields, variables } = options;
  const settings: Record<string, unknown> = {};
  const faults: ConfigFault[] = [];
  for (const { name, path, parse } of variables) {
    const given = env[name]?.trim();
    if (!given) continue;
    const parsed = parse(given);
    const problem = problemOf(fields, path, parsed);
    if (problem !== undefined) faults.push({ source: name, key: "", message: problem });
    else put(settings, path, parsed);
  }
  const headers = readHeaders(env, options);
  faults.push(...headers.faults);
  if (Object.keys(headers.values).length > 0) put(settings, options.headers, headers.values);
  return { settings, faults };
}

/** The port alone says where the stack's own collector is; a whole address says more, so it wins. */
export function readDefaultOtlpUrl(
  env: Environment,
  fields: ObjectField,
): { readonly url?: string; readonly faults: readonly ConfigFault[] } {
  const name = portVariable("OTLP");
  const given = env[name]?.trim();
  if (!given) return { faults: [] };
  const message = problemOf(fields, ["port"], toNumber(given));
  if (message !== undefined) return { faults: [{ source: name, key: "", message }] };
  return { url: `http://127.0.0.1:${given}`, faults: [] };
}

export function portVariable(name: string): string {
  return `${ENV.portPrefix}${name}`;
}

/** A whole number where it is one; else the text, so that the message shows it. */
export function toNumber(text: string): unknown {
  return /^\d{1,15}$/.test(text) ? Number(text) : text;
}

const HEADERS_VARIABLE = "OTEL_EXPORTER_OTLP_HEADERS";

function readHeaders(
  env: Environment,
  { fields, headers }: VariablesOptions,
): {
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
    const problem = parsed ? problemOf(fields, headers, parsed) : undefined;
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

function problemOf(fields: ObjectField, path: SettingPath, given: unknown): string | undefined {
  const field = fieldAt(fields, path);
  if (field.kind === "value") return describeProblem(field, given);
  if (field.kind !== "map" || field.value.kind !== "value") throw new Error(`no value at ${path}`);
  const { key, value } = given as Pair;
  if (!field.isKey(key)) return `expected ${field.expectedKey} before the "="`;
  return describeProblem(field.value, value);
}

function fieldAt(fields: ObjectField, path: SettingPath): Field {
  let field: Field = fields;
  for (const name of path) {
    const next: Field | undefined =
      name !== undefined && field.kind === "object" ? field.fields[name] : field;
    if (next === undefined) throw new Error(`no setting "${path.join(".")}"`);
    field = next;
  }
  return field;
}

function put(target: Record<string, unknown>, [section, name]: SettingPath, value: unknown): void {
  if (name === undefined) target[section] = value;
  else target[section] = { ...(target[section] as object | undefined), [name]: value };
}
