import {
  type Document,
  type ErrorCode,
  isAlias,
  isCollection,
  isMap,
  isScalar,
  LineCounter,
  parseAllDocuments,
  visit,
  type YAMLError,
} from "yaml";
import type { Fault } from "../fault.ts";
import { createPlaces, type Places } from "./places.ts";

/** A specification of ten thousand lines has half a megabyte. */
export const MAX_SPEC_BYTES = 5_000_000;
const MAX_DEPTH = 50;
/** How many nodes the aliases of a file may stand for together. */
const MAX_ALIAS_COUNT = 1_000;

export type ParseYamlResult =
  | {
      readonly status: "ok";
      readonly value: unknown;
      readonly places: Places;
      /** Keys that are there twice: the rest of the file can be judged all the same. */
      readonly faults: readonly Fault[];
    }
  | { readonly status: "invalid"; readonly faults: readonly Fault[] };

const ADVICE: Partial<Readonly<Record<ErrorCode, string>>> = {
  BAD_ALIAS: "an anchor (&name) must stand before the alias (*name)",
  BAD_INDENT: "check the spaces at the line's beginning against the lines above",
  BAD_SCALAR_START: "put the text in quotes",
  BLOCK_AS_IMPLICIT_KEY: "put the text in quotes if it has a colon and a space in it",
  DUPLICATE_KEY: "remove one of the two, or join them",
  MULTILINE_IMPLICIT_KEY: "is a colon missing, or a quote?",
  MULTIPLE_DOCS: "this file is one document; remove the line with ---",
  TAB_AS_INDENT: "indent with spaces",
  TAG_RESOLVE_FAILED: "leave out the tag (!…); texts, numbers, lists and mappings need none",
  NON_STRING_KEY: "write the key as a plain text",
};

/** A command reads the file for the names of its targets, and again for each target. */
let last:
  | { readonly file: string; readonly text: string; readonly result: ParseYamlResult }
  | undefined;

/** Text to plain data, with places; what YAML allows and this file has no use for is refused. */
export function parseYaml(file: string, text: string): ParseYamlResult {
  if (last?.file === file && last.text === text) return last.result;
  const result = parseWithinLimits(file, text);
  last = { file, text, result };
  return result;
}

function parseWithinLimits(file: string, text: string): ParseYamlResult {
  const lines = new LineCounter();
  try {
    return readDocument(file, text, lines);
  } catch (error) {
    // Of the parser: too deep for its stack. Of toJS: aliases of aliases of aliases.
    if (!(error instanceof RangeError || error instanceof ReferenceError)) throw error;
    const isDepth = error instanceof RangeError;
    const fault: Fault = {
      check: "yaml-limits",
      severity: "error",
      message: isDepth
        ? `nested too deeply; expected at most ${MAX_DEPTH} levels`
        : `aliases (*name) stand for more than ${MAX_ALIAS_COUNT} values`,
      advice: isDepth ? "this file needs about six levels" : "write out what they repeat",
      place: { file, line: 1, column: 1, path: "" },
    };
    return { status: "invalid", faults: [fault] };
  }
}

function readDocument(file: string, text: string, lines: LineCounter): ParseYamlResult {
  const documents = parseAllDocuments(text, {
    lineCounter: lines,
    merge: true,
    prettyErrors: false,
    uniqueKeys: true,
  });
  const [document, second] = Array.isArray(documents) ? documents : [];
  if (document === undefined) return emptyFile(file);
  const places = createPlaces(file, document, lines);
  const faults = [...document.errors, ...document.warnings].map((error) => toFault(places, error));
  if (second !== undefined) {
    const at = places.placeAt(second.range[0]);
    faults.push({
      check: "yaml-syntax",
      severity: "error",
      message: "a second document begins here; expected one",
      advice: ADVICE.MULTIPLE_DOCS,
      place: at,
    });
  }
  faults.push(...checkNodes(document, places));
  const isWhole = faults.every(({ check }) => check === "duplicate-key");
  if (!isWhole) return { status: "invalid", faults };
  const value: unknown = document.toJS({ maxAliasCount: MAX_ALIAS_COUNT });
  return value === null ? emptyFile(file) : { status: "ok", value, places, faults };
}

/** An empty file is a specification: the default alerts, and nobody to tell. */
function emptyFile(file: string): ParseYamlResult {
  const lines = new LineCounter();
  const [document] = parseAllDocuments("{}", { lineCounter: lines });
  if (document === undefined) throw new Error("expected a document of {}");
  return { status: "ok", value: {}, places: createPlaces(file, document, lines), faults: [] };
}

function toFault(places: Places, error: YAMLError): Fault {
  const isDuplicate = error.code === "DUPLICATE_KEY";
  return {
    check: isDuplicate ? "duplicate-key" : "yaml-syntax",
    severity: "error",
    message: isDuplicate
      ? "this key is there twice in one mapping"
      : `YAML: ${lowerFirst(error.message.split("\n")[0] ?? "")}`,
    advice: ADVICE[error.code],
    place: places.placeAt(error.pos[0]),
  };
}

function checkNodes(document: Document, places: Places): Fault[] {
  const faults: Fault[] = [];
  const refuse = (offset: number | undefined, message: string, advice: string): void => {
    const place = places.placeAt(offset ?? 0);
    faults.push({ check: "yaml-limits", severity: "error", message, advice, place });
  };
  visit(document, {
    Node: (_key, node, ancestors) => {
      if (isAlias(node) && ancestors.some((ancestor) => ancestor === node.resolve(document))) {
        refuse(node.range?.[0], `the alias *${node.source} stands within itself`, "write it out");
        return visit.BREAK;
      }
      if (ancestors.length <= MAX_DEPTH) return undefined;
      if (ancestors.filter(isCollection).length <= MAX_DEPTH) return undefined;
      const advice = "this file needs about six levels";
      const message = `nested too deeply; expected at most ${MAX_DEPTH} levels`;
      refuse(node.range?.[0], message, advice);
      return visit.BREAK;
    },
    Pair: (_key, { key }) => {
      if (isAlias(key)) refuse(key.range?.[0], "an alias as a key", "write the key out");
      else if (isMap(key) || !isScalar(key)) {
        const range = (key as { range?: [number] } | null)?.range;
        refuse(range?.[0], "a key that is a list or a mapping", "keys are plain texts");
      } else if (key.value === "__proto__") {
        refuse(key.range?.[0], 'the key "__proto__"', "call it something else");
      }
    },
  });
  return faults;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
