import { parseDebugId } from "../debug-id.ts";

export interface TrailingComments {
  /** The text without the comments that are read here. */
  readonly code: string;
  /** Of `//# sourceMappingURL=`, the last one. */
  readonly mapUrl: string | undefined;
  /** Of `//# debugId=` (ECMA-426 proposal), in lower case. */
  readonly debugId: string | undefined;
}

const PRAGMA =
  /^(?:\/\/[#@][ \t]*(sourceMappingURL|debugId)=([^\s'"`]*)|\/\*[#@][ \t]*(sourceMappingURL|debugId)=([^\s'"`*]*)[ \t]*\*\/)[ \t]*$/;
const PRAGMA_STARTS = ["//#", "//@", "/*#", "/*@"];
/** `//# sourceURL=`, `// @license`: may stand between ours, and stay. */
const OTHER_COMMENT = /^[ \t]*\/\//;

/**
 * Reads the comments at the end of a script or style sheet. Only there: the same text inside the code
 * is a string of some library (ECMA-426, 11.1.2, reads from the end too).
 */
export function readTrailingComments(text: string): TrailingComments {
  let mapUrl: string | undefined;
  let debugId: string | undefined;
  let head = text.trimEnd();
  let kept = "";
  let isFound = false;
  for (;;) {
    const pragma = findPragma(head);
    if (pragma !== undefined) {
      isFound = true;
      if (pragma.name === "debugId") debugId ??= parseDebugId(pragma.value);
      else mapUrl ??= pragma.value;
      head = head.slice(0, pragma.start).trimEnd();
      continue;
    }
    const line = lastLineStart(head);
    if (!OTHER_COMMENT.test(head.slice(line))) break;
    kept = `\n${head.slice(line)}${kept}`;
    head = head.slice(0, line).trimEnd();
  }
  return { code: isFound ? head + kept : text, mapUrl, debugId };
}

interface Pragma {
  readonly start: number;
  readonly name: string;
  readonly value: string;
}

function findPragma(text: string): Pragma | undefined {
  const start = Math.max(...PRAGMA_STARTS.map((sign) => text.lastIndexOf(sign)));
  if (start < lastLineStart(text) || /[^\s;)}\]]/.test(text[start - 1] ?? "")) return undefined;
  const match = PRAGMA.exec(text.slice(start));
  const name = match?.[1] ?? match?.[3];
  return name === undefined ? undefined : { start, name, value: match?.[2] ?? match?.[4] ?? "" };
}

function lastLineStart(text: string): number {
  return Math.max(text.lastIndexOf("\n"), text.lastIndexOf("\r")) + 1;
}
