import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { AGENT_DEFAULTS, type AgentConfig, ENV } from "@sightline/core";
import { getNodeValue, type ParseError, parseTree, printParseErrorCode } from "jsonc-parser";
import { AGENT_FIELDS } from "./agent-fields.ts";
import { checkNode } from "./check-node.ts";
import type { ConfigFault } from "./config-fault.ts";
import type { ObjectField } from "./fields.ts";
import {
  type Environment,
  type PartialSettings,
  readDefaultOtlpUrl,
  readEnvironment,
} from "./read-environment.ts";

export type AgentConfigResult =
  | {
      readonly status: "ok";
      readonly config: AgentConfig;
      /** The file that was read; undefined where none was named: defaults and environment. */
      readonly path: string | undefined;
    }
  | { readonly status: "faults"; readonly faults: readonly ConfigFault[] };

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
  const named = input.path ?? input.env[ENV.agentConfig]?.trim();
  const path = named ? resolve(named) : undefined;
  const file = path === undefined ? { settings: {}, faults: [] } : readSettings(path);
  const environment = readEnvironment(input.env);
  const collector = readDefaultOtlpUrl(input.env);
  const faults = [...file.faults, ...environment.faults, ...collector.faults];
  if (faults.length > 0) return { status: "faults", faults };
  const local: PartialSettings =
    collector.url === undefined ? {} : { otlp: { url: collector.url } };
  const layers = [AGENT_DEFAULTS, local, file.settings, environment.settings];
  return { status: "ok", config: merge(AGENT_FIELDS, layers) as unknown as AgentConfig, path };
}

interface FileSettings {
  readonly settings: PartialSettings;
  readonly faults: readonly ConfigFault[];
}

const MAX_FILE_BYTES = 1_048_576;

function readSettings(path: string): FileSettings {
  const read = readText(path);
  if (read.fault !== undefined) {
    return { settings: {}, faults: [{ source: path, key: "", message: read.fault }] };
  }
  return parseSettings(path, read.text);
}

function readText(path: string): { readonly text: string; readonly fault?: string } {
  try {
    const bytes = readFileSync(path);
    if (bytes.length > MAX_FILE_BYTES) {
      return {
        text: "",
        fault: `the file has ${bytes.length} bytes; expected at most ${MAX_FILE_BYTES}`,
      };
    }
    return { text: new TextDecoder("utf-8", { fatal: true }).decode(bytes) };
  } catch (error) {
    if (error instanceof TypeError)
      return { text: "", fault: "the file is not UTF-8; expected JSON in UTF-8" };
    const { code } = error as NodeJS.ErrnoException;
    return {
      text: "",
      fault: `cannot be read: ${code}; expected a file of settings; correct the path in --config or ${ENV.agentConfig}, or leave it out to run on defaults`,
    };
  }
}

/** Comments and commas at the end of lists are taken: people write this file, too. */
function parseSettings(path: string, text: string): FileSettings {
  const errors: ParseError[] = [];
  const tree = parseTree(text, errors, { allowTrailingComma: true });
  const fault = (offset: number, key: string, message: string): ConfigFault => ({
    source: path,
    ...placeOf(text, offset),
    key,
    message,
  });
  if (errors.length > 0 || tree === undefined) {
    const found = errors.map(({ error, offset }) => fault(offset, "", describeSyntax(error)));
    return { settings: {}, faults: tree === undefined ? [fault(0, "", EMPTY)] : found };
  }
  const faults = checkNode(tree, AGENT_FIELDS, "")
    .sort((left, right) => left.offset - right.offset)
    .map(({ offset, key, message }) => fault(offset, key, message));
  return { settings: faults.length > 0 ? {} : (getNodeValue(tree) as PartialSettings), faults };
}

const EMPTY = "there are no settings in the file; expected an object, { … }";

const SYNTAX: Readonly<Record<string, string>> = {
  InvalidSymbol: "expected JSON, got a word that is none of true, false, null",
  InvalidNumberFormat: "expected a number, got something that only begins like one",
  PropertyNameExpected: 'expected the name of a setting in "…"',
  ValueExpected: "expected a value",
  ColonExpected: 'expected ":" after the name of a setting',
  CommaExpected: 'expected "," before the next entry',
  CloseBraceExpected: 'expected "}" at the end of an object',
  CloseBracketExpected: 'expected "]" at the end of a list',
  EndOfFileExpected: "expected nothing after the end of the object",
  UnexpectedEndOfString: 'expected a text to end with " on its line',
  InvalidEscapeCharacter:
    'expected \\", \\\\, \\n or another escape of JSON after "\\"; a backslash of a regular expression is written twice',
};

function describeSyntax(code: ParseError["error"]): string {
  const name = printParseErrorCode(code);
  return SYNTAX[name] ?? `cannot be read as JSON: ${name}`;
}

function placeOf(text: string, offset: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf("\n") + 1;
  return { line: before.split("\n").length, column: offset - lineStart + 1 };
}

type Layer = Readonly<Record<string, unknown>>;

/** Later layers win, setting by setting. A list is taken whole; of headers each by itself. */
function merge(field: ObjectField, layers: readonly (Layer | PartialSettings)[]): Layer {
  const names = Object.keys(field.fields);
  const entries = names.flatMap((name): [string, unknown][] => {
    const given = layers.flatMap((layer) => {
      const found = (layer as Layer)[name];
      return found === undefined ? [] : [found];
    });
    if (given.length === 0) return [];
    const child = field.fields[name];
    if (child?.kind === "object") return [[name, merge(child, given as Layer[])]];
    if (child?.kind === "map")
      return [[name, Object.fromEntries((given as Layer[]).flatMap(Object.entries))]];
    return [[name, given.at(-1)]];
  });
  return Object.fromEntries(entries);
}
