import {
  cleanText,
  fingerprint,
  fingerprintStack,
  parseAnyStack,
  SEVERITY,
  severityFromText,
} from "@sightline/core";
import { errorOfFields } from "./error-attributes.ts";
import {
  chainStart,
  endOfBlock,
  headerAbove,
  isLogged,
  lastFrame,
  wentOn,
} from "./exception-block.ts";
import {
  EXCEPTION_MARKS,
  type ExceptionOrigin,
  FRAME_LINE,
  NODE_CARET,
  NODE_FOOTER,
  NODE_PLACE,
  NODE_REJECTION,
} from "./exception-marks.ts";
import { readJsonLine } from "./json-line.ts";
import { readFields } from "./structured-line.ts";

/** An exception that a process printed before its end. */
export interface LastException {
  readonly type: string;
  readonly message: string;
  /** All of it as it was printed, at most 32 kB: head and end. */
  readonly text: string;
  readonly origin: ExceptionOrigin;
  readonly fp: string;
  readonly fpx: string;
  readonly template: string;
}

const MAX_LINES = 5_000;
const MAX_TEXT_CHARACTERS = 32_768;
const MAX_LINE_CHARACTERS = 8_192;
/** A thrown object may be shown over many lines. */
const MAX_SHOWN_LINES = 40;
/** Lines that look like the start of an exception, or like calls, and are none: so many are tried. */
const MAX_ATTEMPTS = 8;
const MAX_MESSAGE_CHARACTERS = 4_096;

/**
 * The exception or panic that ended a process, from its last lines; where the runtime printed none,
 * the last one that was logged. Linear: it looks at the last 5,000 lines.
 *
 * @param lines oldest first, of both streams.
 */
export function findLastException(lines: readonly string[]): LastException | undefined {
  const tail = lines
    .slice(-MAX_LINES)
    .flatMap((line) => cleanText(line.slice(0, MAX_LINE_CHARACTERS)).split("\n"));
  const block = later(findNodeError(tail), findMarked(tail)) ?? findLogged(tail);
  if (block === undefined) return undefined;
  return block.kind === "field" ? block.exception : describe(block);
}

interface Block {
  readonly kind: "lines";
  readonly start: number;
  readonly lines: readonly string[];
  readonly origin: ExceptionOrigin;
  readonly type?: string;
}
type Found = Block | { readonly kind: "field"; readonly exception: LastException };

/** A child may have died before its parent did. */
function later(one: Block | undefined, other: Block | undefined): Block | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return other.start > one.start + one.lines.length ? other : one;
}

/** Node's footer says that an error ended it; what it printed begins with a place. */
function findNodeError(lines: readonly string[]): Block | undefined {
  const footer = lines.findLastIndex((line) => NODE_FOOTER.test(line));
  const end = footer < 0 ? lines.length - 1 : footer;
  const place = lines.findLastIndex(
    (line, index) =>
      index < end &&
      NODE_PLACE.test(line) &&
      lines.slice(index + 1, index + 5).some((below) => NODE_CARET.test(below)),
  );
  // A child of the process printed it, and the process lived on.
  if ((place < 0 && footer < 0) || (footer >= 0 && wentOn(lines, footer))) return undefined;
  const start = place < 0 ? headerAbove(lines, lastFrame(lines, footer)) : place;
  // Without the footer (Node 16), what follows is known by its form alone.
  const last = footer < 0 ? endOfBlock(lines, start + 5) : footer;
  const block = lines.slice(start, last + 1);
  const isRejection = block.some((line) => NODE_REJECTION.test(line));
  return { kind: "lines", start, lines: block, origin: isRejection ? "rejection" : "uncaught" };
}

/** The last line with which a runtime begins to say why it ends. */
function findMarked(lines: readonly string[]): Block | undefined {
  let attemptsLeft = MAX_ATTEMPTS;
  for (let start = lines.length - 1; start >= 0 && attemptsLeft > 0; start -= 1) {
    const line = lines[start] ?? "";
    const mark = EXCEPTION_MARKS.find(({ pattern }) => pattern.test(line));
    if (mark === undefined) continue;
    attemptsLeft -= 1;
    const end = endOfBlock(lines, start);
    const first = chainStart(lines, start);
    if (mark.below !== undefined && !lines.slice(start, end + 1).some((l) => mark.below?.test(l)))
      continue;
    if (mark.mayGoOn && (wentOn(lines, end) || isLogged(lines, first))) continue;
    const type = mark.type === undefined ? {} : { type: mark.type };
    const block = lines.slice(first, end + 1);
    return { kind: "lines", start: first, lines: block, origin: mark.origin, ...type };
  }
  return undefined;
}

/** The last exception that a logger wrote, as lines or in a field of a JSON line. */
function findLogged(lines: readonly string[]): Found | undefined {
  let attemptsLeft = MAX_ATTEMPTS;
  for (let index = lines.length - 1; index >= 0 && attemptsLeft > 0; index -= 1) {
    const line = lines[index] ?? "";
    const field = line.endsWith("}") ? loggedField(line) : undefined;
    if (field !== undefined) return { kind: "field", exception: field };
    if (!FRAME_LINE.test(line)) continue;
    attemptsLeft -= 1;
    const start = headerAbove(lines, index);
    const block = lines.slice(start, endOfBlock(lines, index) + 1);
    if (parseAnyStack(block.join("\n")) !== undefined) {
      return { kind: "lines", start, lines: block, origin: "logged" };
    }
    index = start;
  }
  return undefined;
}

function loggedField(line: string): LastException | undefined {
  const fields = readJsonLine(line);
  if (fields === undefined) return undefined;
  const { error, level, message } = readFields(fields, [0, 0]);
  const severity = severityFromText(level ?? "") ?? SEVERITY.ERROR;
  const found = error === undefined ? undefined : errorOfFields(error);
  if (error === undefined || found === undefined || severity < SEVERITY.ERROR) return undefined;
  const said = found.message ?? message ?? "";
  return {
    type: found.type ?? "Error",
    message: said.slice(0, MAX_MESSAGE_CHARACTERS),
    text: cut(error.stack ?? said),
    origin: "logged",
    fp: found.fingerprint.fp,
    fpx: found.fingerprint.fpx,
    template: found.fingerprint.template,
  };
}

function describe(block: Block): LastException {
  const text = block.lines.join("\n").trimEnd();
  // Deno puts a word before what browsers write.
  const stack = parseAnyStack(text.replace(/^error: (?=Uncaught )/, ""));
  const [first = ""] = block.lines;
  const type = stack?.type ?? block.type ?? "Error";
  const message = stack?.message ?? messageOf(block, first, type);
  const print =
    stack === undefined
      ? fingerprint({ type, message })
      : fingerprintStack({ ...stack, type, message });
  return {
    type,
    message: message.slice(0, MAX_MESSAGE_CHARACTERS),
    text: cut(text),
    origin: block.origin,
    fp: print.fp,
    fpx: print.fpx,
    template: print.template,
  };
}

/** What was thrown was no error (`throw "text"`), or its stack is missing. */
function messageOf(block: Block, first: string, type: string): string {
  const caret = block.lines.findIndex((line) => NODE_CARET.test(line));
  if (caret >= 0) return thrownValue(block.lines.slice(caret + 1));
  const named = first.indexOf(`${type}: `);
  if (named >= 0) return first.slice(named + type.length + 2);
  return first.replace(/^(?:FATAL ERROR|panic|fatal error): /, "");
}

/** `throw { code: 5 }`: the value as Node shows it, on one line. */
function thrownValue(lines: readonly string[]): string {
  const start = lines.findIndex((line) => line.trim() !== "");
  const shown = lines.slice(Math.max(start, 0), start + MAX_SHOWN_LINES);
  const end = shown.findIndex((line) => line === "" || /^(?:Thrown at:|\(Use `node )/.test(line));
  return shown
    .slice(0, end < 0 ? shown.length : end)
    .map((line) => line.trim())
    .join(" ");
}

function cut(text: string): string {
  if (text.length <= MAX_TEXT_CHARACTERS) return text;
  const half = MAX_TEXT_CHARACTERS / 2 - 32;
  const left = text.length - 2 * half;
  return `${text.slice(0, half)}\n… ${left} characters left out …\n${text.slice(-half)}`;
}
