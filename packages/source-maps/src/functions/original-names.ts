import type { SourceMapSegment } from "@jridgewell/trace-mapping";
import type { LineTable } from "../build/line-table.ts";
import type { OriginalMap } from "../build/original-map.ts";
import { createSourceHeads, type SourceHead, type SourceHeads } from "./source-heads.ts";
import { isSourceName } from "./source-name.ts";

export interface SourcePlace {
  /** Index of the source. */
  readonly source: number;
  /** From 0. */
  readonly line: number;
  readonly indent: number;
}

/** What the source calls things of the built code. */
export interface OriginalNames {
  /**
   * Name in the source of an identifier of the built code. Undefined where the bundler made it up, or
   * where nothing but a minifier's letter is known.
   */
  nameAt(offset: number, builtName: string): string | undefined;
  /** The same for a key or member, which few minifiers touch. */
  keyAt(offset: number, builtName: string): string | undefined;
  /** The same, and undefined where the map has nothing for exactly this place. */
  mappedNameAt(offset: number): string | undefined;
  /**
   * Name that the source declares for a function whose head is at this place: `function total(`,
   * `const total = (`. Minifiers put a function where it is used, and its name is lost then.
   */
  declaredAt(offset: number): string | undefined;
  /** The same by weaker signs: a method's head, `total: (`. */
  guessedAt(offset: number): string | undefined;
  placeOf(offset: number): SourcePlace | undefined;
  /** The function that a place of a source is in, by the layout of the source. All from 0. */
  headAround(source: number, line: number, column: number): SourceHead | undefined;
}

const IDENTIFIER = /#?[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*/uy;
/** A minifier's name has one letter or two; three and more are left as they were, mostly. */
const MIN_BUILT_NAME = 3;
const WINDOW = 200;
const LONG_LINE = 2_000;

const DECLARED_HEAD =
  /^(?:export\s+)?(?:default\s+)?(?:async\s+)?function\s*\*?\s*([\p{ID_Start}$_][\p{ID_Continue}$]*)\s*[<(]/u;
/** What stands before a head, or before its first parameter. */
const DECLARED_BEFORE =
  /(?:^|[\s,{(;])(?:const|let|var)\s+([\p{ID_Start}$_][\p{ID_Continue}$]*)\s*(?::[^=;]{0,120})?=\s*(?:async\s+)?\(?$/u;
const BEFORE =
  /(?:^|[\s,{(;])(#?[\p{ID_Start}$_][\p{ID_Continue}$]*)\s*(?::\s*[\w$.<>[\]| ]{0,80}=|[=:])\s*(?:async\s+)?\(?$/u;
/** `async* total(`. */
const METHOD_HEAD =
  /^(?:(?:public|private|protected|static|override|async|get|set)\s+)*(?:\*\s*)?(#?[\p{ID_Start}$_][\p{ID_Continue}$]*)\s*(?:<[^(){}]{0,80}>)?\((?:[^;=]*\)[^;=()]*\{|\s*$)/u;
const DECLARATION =
  /^(?:export\s+)?(?:default\s+)?(?:declare\s+)?(?:abstract\s+)?(?:async\s+)?(?:function\s*\*?|class|const|let|var)\s+([\p{ID_Start}$_][\p{ID_Continue}$]*)/u;

export function createOriginalNames(map: OriginalMap, lines: LineTable): OriginalNames {
  const sourceLines: (readonly string[] | undefined)[] = [];
  const heads: (SourceHeads | undefined)[] = [];

  function segmentAt(offset: number): SourceMapSegment | undefined {
    const { line, column } = lines.placeOf(offset);
    const segments = map.mappings[line] ?? [];
    let low = 0;
    let high = segments.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((segments[middle]?.[0] ?? 0) < column) low = middle + 1;
      else high = middle;
    }
    // Of several at one place the last one counts, as for whoever resolves a position.
    let found: SourceMapSegment | undefined;
    for (let at = low; segments[at]?.[0] === column; at += 1) {
      const segment = segments[at];
      if (segment !== undefined && segment.length > 1 && (found?.length ?? 0) <= segment.length) {
        found = segment;
      }
    }
    return found;
  }

  function linesOf(source: number): readonly string[] | undefined {
    sourceLines[source] ??= map.contents[source]?.split(/\r\n?|[\n\u2028\u2029]/);
    return sourceLines[source];
  }

  function sourceLine(source: number, line: number): string | undefined {
    return linesOf(source)?.[line];
  }

  function headsOf(source: number): SourceHeads | undefined {
    const lines = linesOf(source);
    if (lines !== undefined) heads[source] ??= createSourceHeads(lines);
    return heads[source];
  }

  function textAt([, source, line, column]: SourceMapSegment):
    | { readonly before: string; readonly after: string; readonly line: string }
    | undefined {
    const text = sourceLine(source ?? -1, line ?? -1);
    if (text === undefined || column === undefined) return undefined;
    // A source may itself be minified: a line of a megabyte, asked for at each of its names.
    const near = text.slice(Math.max(0, column - WINDOW), column);
    const previous = column < WINDOW ? sourceLine(source ?? -1, (line ?? 0) - 1) : undefined;
    return {
      before: previous === undefined ? near : `${previous.slice(-WINDOW)}\n${near}`,
      after: text.slice(column, column + WINDOW),
      line: text.length > LONG_LINE ? near : text,
    };
  }

  function textOf(offset: number): ReturnType<typeof textAt> {
    const segment = segmentAt(offset);
    return segment && textAt(segment);
  }

  function namedIn(segment: SourceMapSegment): string | undefined {
    const listed = segment.length === 5 ? toName(map.names[segment[4]]) : undefined;
    const text = textAt(segment);
    if (text === undefined) return listed;
    IDENTIFIER.lastIndex = 0;
    const written = nameIn(DECLARATION, text.after) ?? toName(IDENTIFIER.exec(text.after)?.[0]);
    // Some bundlers list names of their own: `_Cart` and `total2`, but also `require_cart`.
    if (listed === undefined || (written !== undefined && listed.includes(written))) return written;
    return text.line.includes(listed) ? listed : undefined;
  }

  return {
    keyAt(offset, builtName) {
      const segment = segmentAt(offset);
      return (segment && namedIn(segment)) ?? toName(builtName);
    },
    nameAt(offset, builtName) {
      const segment = segmentAt(offset);
      const name = segment && namedIn(segment);
      if (name !== undefined) return name;
      return builtName.length >= MIN_BUILT_NAME ? toName(builtName) : undefined;
    },
    mappedNameAt(offset) {
      const segment = segmentAt(offset);
      return segment && namedIn(segment);
    },
    declaredAt(offset) {
      const text = textOf(offset);
      return text && (nameIn(DECLARED_HEAD, text.after) ?? nameIn(DECLARED_BEFORE, text.before));
    },
    placeOf(offset) {
      const segment = segmentAt(offset);
      return segment === undefined || segment.length === 1
        ? undefined
        : {
            source: segment[1],
            line: segment[2],
            indent: headsOf(segment[1])?.indentOf(segment[2]) ?? 0,
          };
    },
    headAround: (source, line, column) => headsOf(source)?.around(line, column),
    guessedAt(offset) {
      const text = textOf(offset);
      return text && (nameIn(METHOD_HEAD, text.after) ?? nameIn(BEFORE, text.before));
    },
  };
}

function nameIn(pattern: RegExp, text: string): string | undefined {
  return toName(pattern.exec(text)?.[1]);
}

function toName(text: string | undefined): string | undefined {
  return text !== undefined && isSourceName(text) ? text : undefined;
}
