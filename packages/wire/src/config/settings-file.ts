import { readFileSync } from "node:fs";
import { getNodeValue, type ParseError, parseTree, printParseErrorCode } from "jsonc-parser";
import { checkNode } from "./check-node.ts";
import type { ConfigFault } from "./config-fault.ts";
import type { ObjectField } from "./fields.ts";

export interface FileSettings {
  readonly settings: Readonly<Record<string, unknown>>;
  readonly faults: readonly ConfigFault[];
}

export interface SettingsFile {
  readonly path: string;
  readonly fields: ObjectField;
  /** The end of the message where there is no such file: what to correct. */
  readonly advice: string;
}

const MAX_FILE_BYTES = 1_048_576;

/** Reads a file of settings and finds every fault in it at once; with faults there are no settings. */
export function readSettingsFile(file: SettingsFile): FileSettings {
  const read = readText(file);
  if (read.fault !== undefined) {
    return { settings: {}, faults: [{ source: file.path, key: "", message: read.fault }] };
  }
  return parseSettings(file, read.text);
}

function readText({ path, advice }: SettingsFile): {
  readonly text: string;
  readonly fault?: string;
} {
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
    return { text: "", fault: `cannot be read: ${code}; expected a file of settings; ${advice}` };
  }
}

/** Comments and commas at the end of lists are taken: people write this file, too. */
function parseSettings({ path, fields }: SettingsFile, text: string): FileSettings {
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
  const faults = checkNode(tree, fields, "")
    .sort((left, right) => left.offset - right.offset)
    .map(({ offset, key, message }) => fault(offset, key, message));
  return { settings: faults.length > 0 ? {} : getNodeValue(tree), faults };
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
