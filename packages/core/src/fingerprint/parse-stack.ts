import { isInAppFile, type StackFrame } from "./stack-frame.ts";

/** An exception as its text tells it. */
export interface ParsedStack {
  /** `TypeError`; absent where the text has no header (Firefox and Safari write frames only). */
  readonly type?: string;
  /** Without type, all lines up to the first frame. */
  readonly message?: string;
  /** Innermost call first. */
  readonly frames: readonly StackFrame[];
  /** `[cause]:` chain, nearest first. */
  readonly causes: readonly ParsedStack[];
}

const MAX_CHARS = 65_536;
const MAX_LINES = 400;
const MAX_LINE_LENGTH = 1024;
const MAX_FRAMES = 100;
const MAX_CAUSES = 8;

/**
 * Parses the `stack` of a JavaScript error, or what Node prints of it: V8 (Node, Chrome, Edge),
 * Firefox and Safari, with async, eval, native, `webpack://` and `file://` frames and `[cause]:`.
 * Text that is no stack gives no frames. Linear in a bounded head of the text.
 */
export function parseStack(text: string): ParsedStack {
  const lines = text
    .slice(0, MAX_CHARS)
    .split("\n", MAX_LINES)
    .map((line) => line.slice(0, MAX_LINE_LENGTH).replace(/\r$/, ""));
  const sections = splitCauses(lines).map(parseSection);
  const [first = { frames: [] }, ...causes] = sections;
  return { ...first, causes: causes.map((cause) => ({ ...cause, causes: [] })) };
}

/** Node: `  [cause]: Error: …`; also `Caused by: …` as some libraries join their stacks. */
const CAUSE = /^\s{0,40}(?:\[cause\]: |Caused by: )/;

function splitCauses(lines: readonly string[]): string[][] {
  const sections: string[][] = [[]];
  for (const line of lines) {
    if (CAUSE.test(line) && sections.length <= MAX_CAUSES) sections.push([line.replace(CAUSE, "")]);
    else sections.at(-1)?.push(line);
  }
  return sections;
}

type Section = Omit<ParsedStack, "causes">;

function parseSection(lines: readonly string[]): Section {
  const header: string[] = [];
  const frames: StackFrame[] = [];
  for (const line of lines) {
    const frame = parseFrame(line);
    if (frame !== undefined) {
      if (frames.length < MAX_FRAMES) frames.push(frame);
    } else if (frames.length === 0) header.push(line);
  }
  return { ...parseHeader(header, frames.length > 0), frames };
}

const HEADER =
  /^(?:Uncaught )?(?:\(in promise\) )?((?:[A-Za-z_$][\w$]{0,80}\.){0,8}[A-Za-z_$][\w$]{0,80})(?: \[[\w-]{1,60}\])?(?:: |:?$)/;
/** A first word with a colon is only a type when it is named like one: `Note: x` is a message. */
const TYPE_NAME = /(?:Error|Exception|Rejection|Warning|Fault|Failure|Abort)$|^[A-Z]\w*(?:\.\w+)+$/;

function parseHeader(
  lines: readonly string[],
  hasFrames: boolean,
): { type?: string; message?: string } {
  const isTyped = (line: string): boolean => {
    const name = HEADER.exec(line)?.[1] ?? "";
    return TYPE_NAME.test(name) || (hasFrames && /^[A-Z]/.test(name));
  };
  const start = lines.findIndex(isTyped);
  if (start < 0) {
    const message = lines.join("\n").trim();
    return message === "" ? {} : { message };
  }
  const head = lines[start] ?? "";
  const match = HEADER.exec(head);
  const rest = [head.slice(match?.[0].length ?? 0), ...lines.slice(start + 1)];
  return { type: match?.[1] ?? "Error", message: rest.join("\n").trimEnd() };
}

const POSITION = /:(\d{1,9})(?::(\d{1,9}))?$/;

function parseFrame(line: string): StackFrame | undefined {
  return parseV8Frame(line) ?? parseGeckoFrame(line) ?? parseBareFrame(line);
}

const V8 = /^\s{1,40}at (.{1,1000})$/;

function parseV8Frame(line: string): StackFrame | undefined {
  const call = V8.exec(line)?.[1]?.replace(/ \{$/, "").trimEnd();
  if (call === undefined) return undefined;
  const open = call.endsWith(")") ? openingBracket(call) : -1;
  if (open < 0) {
    const place = call.replace(/^async /, "");
    return looksLikePlace(place) ? frame(undefined, place) : frame(place, undefined);
  }
  const name = call.slice(0, open).trim();
  return frame(name, call.slice(open + 1, -1));
}

/** The bracket that the last one closes; eval frames and folders hold brackets of their own. */
function openingBracket(text: string): number {
  let depth = 0;
  for (let index = text.length - 1; index >= 0; index -= 1) {
    if (text[index] === ")") depth += 1;
    else if (text[index] === "(") depth -= 1;
    if (depth === 0) return index;
  }
  return -1;
}

function looksLikePlace(text: string): boolean {
  return POSITION.test(text) || text.includes("://") || text === "native" || text === "<anonymous>";
}

/** Firefox `name@url:1:2`, Safari `name@url:1:2` and `name@[native code]`. */
function parseGeckoFrame(line: string): StackFrame | undefined {
  const trimmed = line.trim();
  // A scoped package (`/@scope/`) holds an "@" too: the one before a place is meant.
  const at = trimmed.search(
    /@(?:[a-z][a-z0-9+.-]{1,30}:|\/|\[native code\]|self-hosted|resource:|<anonymous>)/i,
  );
  if (at < 0 || /\s/.test(trimmed.slice(0, at).replace(/^(?:global|module|eval) code$/, "")))
    return undefined;
  const place = trimmed.slice(at + 1);
  if (!POSITION.test(place) && place !== "[native code]") return undefined;
  return frame(trimmed.slice(0, at), place);
}

/** Safari leaves the name out: `[native code]`, or a URL with a position alone. */
function parseBareFrame(line: string): StackFrame | undefined {
  if (line === "[native code]") return frame(undefined, line);
  return /^(?:https?|file|webpack(?:-internal)?):\/\/\S{1,1000}:\d{1,9}:\d{1,9}$/.test(line)
    ? frame(undefined, line)
    : undefined;
}

const EVAL_ORIGIN = /^eval at .{0,300}?\(((?:[a-z]+:|\/|[A-Z]:\\)[^()]{1,500}:\d{1,9}:\d{1,9})\)/;
const GECKO_EVAL = /^(.{1,900}?) line (\d{1,9}) > (?:eval|Function)/;

function frame(name: string | undefined, place: string | undefined): StackFrame {
  // Code in an eval has no file of its own: the file that called eval is where to look.
  const origin =
    place === undefined ? undefined : (EVAL_ORIGIN.exec(place)?.[1] ?? geckoEval(place));
  const where = origin ?? place;
  const position = where === undefined ? null : POSITION.exec(where);
  const file = where?.slice(0, position?.index ?? where.length);
  const isRealFile = file !== undefined && !/^(?:index \d+|<anonymous>|eval at .*)$/.test(file);
  return {
    ...(name ? { function: name } : {}),
    ...(isRealFile ? { file: stripScheme(file) } : {}),
    ...(position?.[1] === undefined ? {} : { line: Number(position[1]) }),
    ...(position?.[2] === undefined ? {} : { column: Number(position[2]) }),
    inApp: isRealFile && isInAppFile(stripScheme(file)),
  };
}

function geckoEval(place: string): string | undefined {
  const match = GECKO_EVAL.exec(place);
  return match === null ? undefined : `${match[1]}:${match[2]}`;
}

/** `webpack://app/./src/a.js`, `webpack-internal:///(rsc)/./src/a.js` → `src/a.js`; `file:///a` → `/a`. */
function stripScheme(file: string): string {
  return file
    .replace(/^webpack(?:-internal)?:\/\/(?:\/?\([\w-]{1,40}\)|[^/]{0,80})\/(?:\.\/)?/, "")
    .replace(/^turbopack:\/\/\/?(?:\[project\]\/)?/, "")
    .replace(/^file:\/\//, "")
    .replace(/\?.*$/, "");
}
