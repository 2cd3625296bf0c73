import { FARO } from "@sightline/core";
import { parseDebugId } from "../debug-id.ts";

const GLOBAL = FARO.debugIdsGlobal;

/**
 * What a built file does first: it notes its own place, as the engine writes it in a stack, with its
 * debug id. One line, no names of its own, no `eval`; works in scripts, modules and workers, and a
 * page that forbids something loses no more than this.
 */
export function debugIdSnippet(debugId: string): string {
  return `;!function(){try{var g=globalThis,s=new g.Error().stack;s&&((g.${GLOBAL}=g.${GLOBAL}||{})[s]="${debugId}")}catch(e){}}();`;
}

const SNIPPET = new RegExp(
  `;!function\\(\\)\\{try\\{var g=globalThis,.{1,100}\\(g\\.${GLOBAL}=g\\.${GLOBAL}\\|\\|\\{\\}\\)\\[s\\]="([0-9a-f-]{36})"\\)`,
  "y",
);

/** Debug id of the snippet that stands at a place already, whatever follows at the end of the file. */
export function snippetAt(code: string, place: number): string | undefined {
  SNIPPET.lastIndex = place;
  return parseDebugId(SNIPPET.exec(code)?.[1]);
}

const SPACE = /(?:[\s\ufeff]+|\/\/[^\n\r\u2028\u2029]*|\/\*[\s\S]*?\*\/)+/y;
const STRING = /"(?:[^"\\\n\r]|\\[\s\S])*"|'(?:[^'\\\n\r]|\\[\s\S])*'/y;
const LINE_BREAK = /[\n\r\u2028\u2029]/;
/** What can only begin a statement; anything else on the next line goes on with the string. */
const STATEMENT = /(?!in\b|instanceof\b|!=)[\p{ID_Start}\d$_\\"'{@~!]/uy;

/**
 * Where the snippet may stand: behind `#!` and directives (`"use strict"`), which count at the very
 * beginning only.
 */
export function findInsertion(code: string): number {
  let place = code.startsWith("#!") ? endOfLine(code) : 0;
  for (;;) {
    const start = place + lengthOf(SPACE, code, place);
    const end = directiveEnd(code, start);
    if (end === undefined) return place;
    place = end;
  }
}

/** Undefined where no directive begins; a string may be the beginning of an expression, too. */
function directiveEnd(code: string, start: number): number | undefined {
  const length = lengthOf(STRING, code, start);
  if (length === 0) return undefined;
  const end = start + length;
  const next = end + lengthOf(SPACE, code, end);
  if (code[next] === ";") return next + 1;
  if (next === code.length || code[next] === "}") return end;
  const isNewLine = LINE_BREAK.test(code.slice(end, next));
  return isNewLine && lengthOf(STATEMENT, code, next) > 0 ? end : undefined;
}

function endOfLine(code: string): number {
  const end = code.indexOf("\n");
  return end < 0 ? code.length : end + 1;
}

function lengthOf(pattern: RegExp, code: string, index: number): number {
  pattern.lastIndex = index;
  return pattern.exec(code)?.[0].length ?? 0;
}
