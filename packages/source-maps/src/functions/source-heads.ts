import { isSourceName } from "./source-name.ts";

/** A line of a source on which a function begins. */
export interface SourceHead {
  readonly name: string;
  /** From 0. */
  readonly line: number;
  readonly indent: number;
}

export interface SourceHeads {
  /** The innermost function with a name around a place, from 0, as far as the layout tells. */
  around(line: number, column: number): SourceHead | undefined;
  indentOf(line: number): number;
}

const ID = "#?[\\p{ID_Start}$_][\\p{ID_Continue}$]*";
const MODIFIERS = "(?:(?:public|private|protected|static|override|readonly|async|get|set)\\s+)*";
const pattern = (text: string): RegExp => new RegExp(text, "u");

const FUNCTION = pattern(`\\bfunction\\s*\\*?\\s*(${ID})\\s*[<(]`);
/** `const total = (`, `total = async (item) =>` of a class, `total: (item) =>`. */
const ASSIGNED = pattern(
  `^\\s*(?:export\\s+)?(?:(?:const|let|var)\\s+|${MODIFIERS})(${ID})\\s*(?::[^=]*)?=\\s*(?:async\\b\\s*)?(?:function\\b|<[^=]*>\\s*\\(|\\(|[\\w$]+\\s*=>)`,
);
const PROPERTY = pattern(
  `^\\s*(${ID})\\s*:\\s*(?:async\\b\\s*)?(?:function\\b|\\(.*=>|[\\w$]+\\s*=>)`,
);
const METHOD = pattern(
  `^\\s*${MODIFIERS}\\*?\\s*(${ID})\\s*(?:<[^(){}]*>)?\\([^=]*\\)\\s*(?::[^={]*)?\\{`,
);
/** Its parameters stand on lines of their own. */
const OPEN_METHOD = pattern(`^\\s*${MODIFIERS}\\*?\\s*(${ID})\\s*(?:<[^(){}]*>)?\\(\\s*$`);
const OPEN_ASSIGNED = /[(]\s*$/;
/** The end of such parameters. */
const PARAMETERS_END = /^\s*\).*(?:\{|=>)\s*$/;
const CLOSING = /^\s*[)\]}]/;
const MAX_LINE = 400;
/** More than any line is indented. */
const BLANK = 1_000_000;

/**
 * Reads functions off the layout of a source: the next line above that is indented less and begins
 * one. That works for every language that bundlers take (TypeScript, JSX, Vue, Svelte) without a parser
 * of each; it is asked only where the built code cannot tell, because a minifier moved the code.
 */
export function createSourceHeads(lines: readonly string[]): SourceHeads {
  const indents = Int32Array.from(lines, (line) => {
    const indent = line.search(/\S/);
    return indent < 0 ? BLANK : indent;
  });
  const lower = findBefore(indents, (indent, limit) => indent < limit);
  const notHigher = findBefore(indents, (indent, limit) => indent <= limit);
  const known = new Map<number, SourceHead | undefined>();
  const withHead = new Map<number, boolean>();

  function textOf(line: number): string {
    return (lines[line] ?? "").slice(0, MAX_LINE);
  }

  function indentOf(line: number): number {
    return indents[line] ?? BLANK;
  }

  function above(line: number): SourceHead | undefined {
    if (known.has(line)) return known.get(line);
    let isAfterParameters = false;
    let head: SourceHead | undefined;
    for (let at = lower[line] ?? -1; at >= 0 && head === undefined; ) {
      const text = textOf(at);
      const name = headOf(text, isAfterParameters);
      if (name !== undefined) head = { name, line: at, indent: indentOf(at) };
      isAfterParameters = PARAMETERS_END.test(text);
      // Of what a bracket closes, the beginning is indented as much as the bracket.
      at = (CLOSING.test(text) ? notHigher[at] : lower[at]) ?? -1;
    }
    known.set(line, head);
    return head;
  }

  /** Every line is asked for some ten times, and few begin a function. */
  function mayBegin(line: number): boolean {
    let may = withHead.get(line);
    if (may === undefined) {
      may = headOf(textOf(line), false) !== undefined;
      withHead.set(line, may);
    }
    return may;
  }

  return {
    indentOf,
    around(line, column) {
      const name = mayBegin(line) ? headOf(textOf(line).slice(0, column), false) : undefined;
      return name === undefined ? above(line) : { name, line, indent: indentOf(line) };
    },
  };
}

/** Of each line the last one before it whose indent fits to its own; -1 without one. */
function findBefore(
  indents: Int32Array,
  fits: (indent: number, limit: number) => boolean,
): Int32Array {
  const found = new Int32Array(indents.length);
  const open: number[] = [];
  for (const [line, indent] of indents.entries()) {
    while (open.length > 0 && !fits(indents[open.at(-1) ?? 0] ?? 0, indent)) open.pop();
    found[line] = open.at(-1) ?? -1;
    open.push(line);
  }
  return found;
}

function headOf(text: string, isAfterParameters: boolean): string | undefined {
  const isOpen = isAfterParameters && OPEN_ASSIGNED.test(text);
  const hasArrow = text.includes("=>") || text.includes("function");
  const name =
    FUNCTION.exec(text)?.[1] ??
    (hasArrow || isOpen ? ASSIGNED.exec(text)?.[1] : undefined) ??
    (hasArrow ? PROPERTY.exec(text)?.[1] : undefined) ??
    (hasArrow ? undefined : METHOD.exec(text)?.[1]) ??
    (isOpen ? OPEN_METHOD.exec(text)?.[1] : undefined);
  return name !== undefined && isSourceName(name) ? name : undefined;
}
