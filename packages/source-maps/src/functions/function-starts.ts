import type { SourceMapSegment } from "@jridgewell/trace-mapping";
import { type Program, parse } from "acorn";
import { createLineTable, type Place } from "../build/line-table.ts";
import type { OriginalMap } from "../build/original-map.ts";
import type { FunctionStart } from "../map/function-table.ts";
import { findNamedFunctions, type NamedFunction } from "./named-functions.ts";
import { createOriginalNames, type OriginalNames } from "./original-names.ts";

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
  const names = createOriginalNames(map, lines);
  const functions = findNamedFunctions(parsed.program, names);
  const starts = toStarts(functions).map(({ offset, owner }) => ({
    ...lines.placeOf(offset),
    owner,
  }));
  return { status: "found", starts: withInlined(starts, map, names), count: functions.length };
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
  readonly owner: NamedFunction | undefined;
}

/** Nested ranges as the places where the innermost one changes. */
function toStarts(functions: readonly NamedFunction[]): Start[] {
  const starts: Start[] = [];
  const open: NamedFunction[] = [];

  function note(offset: number, owner: NamedFunction | undefined): void {
    if (starts.at(-1)?.offset === offset) starts.pop();
    if (starts.at(-1)?.owner !== owner) starts.push({ offset, owner });
  }

  function closeUntil(offset: number): void {
    for (let last = open.at(-1); last !== undefined && last.end <= offset; last = open.at(-1)) {
      open.pop();
      note(last.end, open.at(-1));
    }
  }

  for (const one of functions) {
    closeUntil(one.start);
    note(one.start, one);
    open.push(one);
  }
  closeUntil(Number.POSITIVE_INFINITY);
  return starts;
}

type PlacedStart = Place & { readonly owner: NamedFunction | undefined };

/**
 * A minifier puts the body of a small function into its caller. Such a place is in the source of
 * another function than the built code says.
 */
function withInlined(
  starts: readonly PlacedStart[],
  { mappings }: OriginalMap,
  names: OriginalNames,
): FunctionStart[] {
  const out: FunctionStart[] = [];
  let next = 0;
  let owner: NamedFunction | undefined;

  function note(line: number, column: number, name: string | undefined): void {
    const last = out.at(-1);
    if (last?.line === line && last.column === column) out.pop();
    if (out.at(-1)?.name !== name) out.push({ line, column, name });
  }

  function passStarts(line: number, column: number): void {
    for (let start = starts[next]; start !== undefined; start = starts[next]) {
      if (start.line > line || (start.line === line && start.column > column)) return;
      owner = start.owner;
      note(start.line, start.column, owner?.name);
      next += 1;
    }
  }

  for (const [line, segments] of mappings.entries()) {
    for (const segment of segments) {
      passStarts(line, segment[0]);
      if (segment.length > 1) note(line, segment[0], nameAt(owner, segment, names));
    }
  }
  passStarts(Number.POSITIVE_INFINITY, 0);
  return out;
}

function nameAt(
  owner: NamedFunction | undefined,
  segment: SourceMapSegment,
  names: OriginalNames,
): string | undefined {
  const [, source = 0, line = 0, column = 0] = segment;
  if (owner !== undefined && owner.home === undefined) return owner.name;
  const head = names.headAround(source, line, column);
  if (owner?.home === undefined) return head?.name;
  const { home, name } = owner;
  // Compilers move fields, which stand before it, into the constructor.
  const isBefore = line < home.line && !name.startsWith("new ");
  if (source !== home.source || isBefore) return head?.name;
  const isBeside = head !== undefined && head.line > home.line && head.indent <= home.indent;
  return isBeside ? head.name : name;
}
