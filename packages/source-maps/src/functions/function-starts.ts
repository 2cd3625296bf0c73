import { type Program, parse } from "acorn";
import { createLineTable } from "../build/line-table.ts";
import type { OriginalMap } from "../build/original-map.ts";
import type { FunctionStart } from "../map/function-table.ts";
import { findNamedFunctions, type NamedFunction } from "./named-functions.ts";
import { createOriginalNames } from "./original-names.ts";

export type FoundFunctions =
  | {
      readonly status: "found";
      readonly starts: readonly FunctionStart[];
      readonly count: number;
    }
  | { readonly status: "unparsable"; readonly message: string };

/**
 * Where in the built code which function of the source is. A source map tells the place of a name,
 * not how far its function goes; the built code tells that, when it is parsed once, at build time.
 */
export function findFunctionStarts(code: string, map: OriginalMap): FoundFunctions {
  const parsed = parseCode(code);
  if ("message" in parsed) return { status: "unparsable", message: parsed.message };
  const lines = createLineTable(code);
  const functions = findNamedFunctions(parsed.program, createOriginalNames(map, lines));
  const starts = toStarts(functions).map(({ offset, name }) => ({
    ...lines.placeOf(offset),
    name,
  }));
  return { status: "found", starts, count: functions.length };
}

function parseCode(code: string): { readonly program: Program } | { readonly message: string } {
  let message = "";
  for (const sourceType of ["module", "script"] as const) {
    try {
      const program = parse(code, {
        ecmaVersion: "latest",
        sourceType,
        allowHashBang: true,
        allowReturnOutsideFunction: true,
        allowAwaitOutsideFunction: true,
        allowImportExportEverywhere: true,
        allowSuperOutsideMethod: true,
        checkPrivateFields: false,
      });
      return { program };
    } catch (error) {
      // Code that nests deeper than the parser's stack throws a RangeError: no names, and no harm.
      message ||= error instanceof Error ? error.message : String(error);
    }
  }
  return { message };
}

interface Start {
  readonly offset: number;
  readonly name: string | undefined;
}

/** Nested ranges as the places where the innermost one changes. */
function toStarts(functions: readonly NamedFunction[]): Start[] {
  const starts: Start[] = [];
  const open: NamedFunction[] = [];

  function note(offset: number, name: string | undefined): void {
    if (starts.at(-1)?.offset === offset) starts.pop();
    if (starts.at(-1)?.name !== name) starts.push({ offset, name });
  }

  function closeUntil(offset: number): void {
    for (let last = open.at(-1); last !== undefined && last.end <= offset; last = open.at(-1)) {
      open.pop();
      note(last.end, open.at(-1)?.name);
    }
  }

  for (const one of functions) {
    closeUntil(one.start);
    note(one.start, one.name);
    open.push(one);
  }
  closeUntil(Number.POSITIVE_INFINITY);
  return starts;
}
