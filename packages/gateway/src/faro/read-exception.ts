import { FARO, parseStack, type StackFrame } from "@sightline/core";
import type { FaroCause, FaroException, FaroFrame } from "./faro-payload.ts";
import { FARO_LIMITS } from "./limits.ts";
import type { Masking } from "./masking.ts";
import { readContext } from "./read-context.ts";
import {
  type Fields,
  fieldOf,
  listOf,
  readCount,
  readLine,
  readText,
  toFields,
} from "./read-fields.ts";
import { readJsonList } from "./read-json-list.ts";
import { readPlace } from "./read-place.ts";
import { readTrail } from "./read-trail.ts";

const KEYS = FARO.exceptionContext;
/** Faro writes the text of the cause under this name; ours has the stacks too. */
const FARO_CAUSE = "cause";
const KNOWN_CONTEXT: ReadonlySet<string> = new Set([...Object.values(KEYS), FARO_CAUSE]);
const DEBUG_ID = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i;
const MAX_POSITION = 2 ** 31;

/** Undefined where it tells neither what was thrown nor where. */
export function readException(item: Fields, masking: Masking): FaroException | undefined {
  const type = readLine(fieldOf(item, "type"), FARO_LIMITS.name, masking);
  const message = readText(fieldOf(item, "value"), FARO_LIMITS.exceptionMessage, masking);
  const given = listOf(toFields(fieldOf(item, "stacktrace")), "frames") ?? [];
  const frames = readFrames(given, masking);
  if (type === undefined && message === undefined && frames.length === 0) return undefined;
  const context = toFields(fieldOf(item, "context"));
  const causes = readCauses(fieldOf(context, KEYS.causes), masking);
  return {
    kind: "exception",
    ...readPlace(item),
    type: type ?? "Error",
    message: message ?? "",
    frames,
    framesLeftOut: Math.max(0, given.length - FARO_LIMITS.frames),
    handled: readHandled(item, context),
    n: readCount(fieldOf(context, KEYS.n), FARO_LIMITS.occurrences) ?? 1,
    causes: causes.length > 0 ? causes : readFaroCause(context, masking),
    trail: readTrail(fieldOf(context, KEYS.trail), masking),
    componentStack: readText(
      fieldOf(context, KEYS.componentStack),
      FARO_LIMITS.componentStack,
      masking,
    ),
    context: readContext(context, KNOWN_CONTEXT, masking),
  };
}

/** A page that says nothing of it has Faro alone, which reports what nobody caught. */
function readHandled(item: Fields, context: Fields | undefined): boolean {
  if (fieldOf(item, "fatal") === true) return false;
  return fieldOf(context, KEYS.handled) === "true";
}

function readFrames(given: readonly unknown[], masking: Masking): FaroFrame[] {
  const frames: FaroFrame[] = [];
  for (const value of given) {
    if (frames.length >= FARO_LIMITS.frames) break;
    const frame = readFrame(value, masking);
    if (frame !== undefined) frames.push(frame);
  }
  return frames;
}

function readFrame(value: unknown, masking: Masking): FaroFrame | undefined {
  const fields = toFields(value);
  if (fields === undefined) return undefined;
  const name = readLine(fieldOf(fields, "function"), 256, masking);
  const file = readFile(fieldOf(fields, "filename"), masking);
  if (name === undefined && file === undefined) return undefined;
  const line = readCount(fieldOf(fields, "lineno"), MAX_POSITION);
  const column = readCount(fieldOf(fields, "colno"), MAX_POSITION);
  const debugId = fieldOf(fields, "bundleid");
  const isDebugId = typeof debugId === "string" && DEBUG_ID.test(debugId);
  return {
    ...(name === undefined || name === "?" ? {} : { function: name }),
    ...(file === undefined ? {} : { file }),
    ...(line === undefined ? {} : { line }),
    ...(column === undefined ? {} : { column }),
    ...(isDebugId ? { debugId: debugId.toLowerCase() } : {}),
  };
}

/** What engines write in the place of a file. */
const NO_FILES: ReadonlySet<string> = new Set(["[native code]", "native", "<anonymous>"]);
/** Places inside what a page made of text; the file that holds it comes without them. */
const INSIDE_TEXT = /^(?:eval at |index \d|debugger eval)/;

/** Blanks and brackets would let a file pass for several words where stacks are read as text. */
function readFile(value: unknown, masking: Masking): string | undefined {
  if (typeof value !== "string" || value === "" || INSIDE_TEXT.test(value)) return undefined;
  if (NO_FILES.has(value)) return value;
  const file = masking.url(value).replace(/[\s()]+/g, "_");
  return file === "" ? undefined : file;
}

function readCauses(value: unknown, masking: Masking): FaroCause[] {
  const causes: FaroCause[] = [];
  for (const given of readJsonList(value)) {
    if (causes.length >= FARO_LIMITS.causes) break;
    const fields = toFields(given);
    const type = readLine(fieldOf(fields, "type"), FARO_LIMITS.name, masking);
    const message = readText(fieldOf(fields, "message"), FARO_LIMITS.exceptionMessage, masking);
    const stack = readText(fieldOf(fields, "stack"), FARO_LIMITS.stack, masking);
    if (type === undefined && message === undefined && stack === undefined) continue;
    const parsed = stack === undefined ? undefined : parseStack(stack);
    causes.push({
      type: type ?? parsed?.type ?? "Error",
      message: message ?? parsed?.message ?? "",
      frames: (parsed?.frames ?? []).map(toFaroFrame),
    });
  }
  return causes;
}

function toFaroFrame({ inApp: _, key: __, ...frame }: StackFrame): FaroFrame {
  return frame;
}

function readFaroCause(context: Fields | undefined, masking: Masking): FaroCause[] {
  const text = readText(fieldOf(context, FARO_CAUSE), FARO_LIMITS.exceptionMessage, masking);
  if (text === undefined) return [];
  const { type, message } = parseStack(text);
  return [{ type: type ?? "", message: message ?? "", frames: [] }];
}
