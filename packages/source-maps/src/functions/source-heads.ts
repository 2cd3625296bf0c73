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

/**
 * Reads functions off the layout of a source: the next line above that is indented less and begins
 * one. That works for every language that bundlers take (TypeScript, JSX, Vue, Svelte) without a parser
 * of each; it is asked only where the built code cannot tell, because a minifier moved the code.
 */
export function createSourceHeads(lines: readonly string[]): SourceHeads {
  const indents = new Map<number, number>();
  const known = new Map<number, SourceHead | undefined>();

  function textOf(line: number): string {
    return (lines[line] ?? "").slice(0, MAX_LINE);
  }

  function indentOf(line: number): number {
    let indent = indents.get(line);
    if (indent === undefined) {
      const text = textOf(line);
      indent = text.trim() === "" ? Number.POSITIVE_INFINITY : text.search(/\S/);
      indents.set(line, indent);
    }
    return indent;
  }

  function above(line: number): SourceHead | undefined {
    if (known.has(line)) return known.get(line);
    let limit = indentOf(line);
    let isAfterParameters = false;
    let head: SourceHead | undefined;
    for (let at = line - 1; at >= 0 && head === undefined && limit > 0; at -= 1) {
      const indent = indentOf(at);
      if (indent >= limit) continue;
      const text = textOf(at);
      const name = headOf(text, isAfterParameters);
      if (name !== undefined) head = { name, line: at, indent };
      isAfterParameters = PARAMETERS_END.test(text);
      // Of what a bracket closes, the beginning is indented as much as the bracket.
      limit = CLOSING.test(text) ? indent + 1 : indent;
    }
    known.set(line, head);
    return head;
  }

  return {
    indentOf,
    around(line, column) {
      const name = headOf(textOf(line).slice(0, column), false);
      return name === undefined ? above(line) : { name, line, indent: indentOf(line) };
    },
  };
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
