import { toUSVString } from "node:util";
import {
  type AnyStack,
  ATTRIBUTE,
  type AttributeValue,
  ERROR_FIELD,
  type Fingerprint,
  fingerprint,
  fingerprintStack,
  parseAnyStack,
} from "@sightline/core";
import type { ErrorFields } from "./structured-line.ts";

const MAX_MESSAGE_CHARACTERS = 1_024;
const MAX_TYPE_CHARACTERS = 256;
const MAX_LINE_CHARACTERS = 4_096;

/** An exception of which type, message and fingerprint are known. */
export interface FoundError {
  readonly type: string | undefined;
  readonly message: string | undefined;
  readonly fingerprint: Fingerprint;
  /** It ended the process: a panic, the limit of the heap. */
  readonly isFatal?: boolean;
}

/** A class name with a colon at the start of a line, as a runtime prints what nobody caught. */
const TYPED =
  /^(?:Uncaught |Unhandled exception[.:] |Exception in thread "[^"]{0,200}" )?((?:[\p{L}_]\w{0,80}[.\\]){0,12}[A-Z]\w{0,80}(?:Error|Exception|Rejection))(?: \[\w{1,60}\])?(?:: (.*))?$/u;

/** Exception in plain text. Costs more than the rest of a line: for groups that may hold one. */
export function findError(text: string): FoundError | undefined {
  const bare = withoutCommonPrefix(text);
  const inside = bare === undefined ? undefined : parseAnyStack(bare);
  if (inside?.type !== undefined && inside.frames.length > 0) return fromStack(inside);
  const stack = parseAnyStack(text);
  if (stack?.type !== undefined) return fromStack(stack);
  const [head = ""] = text.split("\n", 1);
  // Words of a logger above calls alone (zap, debug.Stack()) say what it was about.
  return stack === undefined ? findTyped(head) : fromStack({ message: head, ...stack });
}

/** What a logger wrote before every line of a stack: time, thread, level; figures may differ. */
function withoutCommonPrefix(text: string): string | undefined {
  const lines = text.split("\n").slice(0, MAX_PREFIXED_LINES);
  const [first = "", second] = lines;
  if (second === undefined) return undefined;
  let length = Math.min(first.length, MAX_PREFIX_CHARACTERS);
  for (const line of lines) {
    if (line !== "") length = sameUpTo(first, line, length);
    if (length < MIN_PREFIX_CHARACTERS) return undefined;
  }
  return lines.map((line) => line.slice(length)).join("\n");
}

const MAX_PREFIXED_LINES = 400;
const MAX_PREFIX_CHARACTERS = 200;
const MIN_PREFIX_CHARACTERS = 4;

function sameUpTo(one: string, other: string, length: number): number {
  let index = 0;
  while (index < length && isAlike(one.charCodeAt(index), other.charCodeAt(index))) index += 1;
  // The prefix ends where a word does; a common start of two words is none.
  while (index > 0 && !/[\s|\]:>-]/.test(one[index - 1] ?? "")) index -= 1;
  return index;
}

function isAlike(one: number, other: number): boolean {
  return one === other || (isDigit(one) && isDigit(other));
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function findTyped(line: string): FoundError | undefined {
  const typed = splitTyped(line);
  return typed && { ...typed, fingerprint: fingerprint(typed) };
}

function splitTyped(line: string): { type: string; message: string } | undefined {
  const match = line.length > MAX_LINE_CHARACTERS ? null : TYPED.exec(line);
  return match === null ? undefined : { type: match[1] ?? "", message: match[2] ?? "" };
}

/** Exception in the fields of a line; undefined where they hold a message alone. */
export function errorOfFields(fields: ErrorFields): FoundError | undefined {
  const stack = fields.stack === undefined ? undefined : parseAnyStack(fields.stack);
  const given = fields.type ?? stack?.type;
  // Lists of Ruby and loggers of one field have the class in the message.
  const typed = given === undefined ? splitTyped(fields.message ?? "") : undefined;
  const type = given ?? typed?.type;
  const message = typed?.message ?? fields.message ?? stack?.message;
  const error = {
    ...(type === undefined ? {} : { type }),
    ...(message === undefined ? {} : { message }),
  };
  if (stack !== undefined) return fromStack({ ...stack, ...error });
  return type === undefined ? undefined : { type, message, fingerprint: fingerprint(error) };
}

function fromStack(stack: AnyStack): FoundError {
  return { type: stack.type, message: stack.message, fingerprint: fingerprintStack(stack) };
}

/** Attributes of an error, named as the SDK names them. */
export function errorAttributes(error: FoundError): Record<string, AttributeValue> {
  const { type, message } = error;
  return {
    ...(type === undefined
      ? {}
      : { [ATTRIBUTE.exceptionType]: type.slice(0, MAX_TYPE_CHARACTERS) }),
    ...(message === undefined ? {} : exceptionMessage(message)),
    ...fingerprintAttributes(error.fingerprint),
  };
}

export function exceptionMessage(message: string): Record<string, AttributeValue> {
  return { [ATTRIBUTE.exceptionMessage]: toUSVString(message.slice(0, MAX_MESSAGE_CHARACTERS)) };
}

export function fingerprintAttributes(print: Fingerprint): Record<string, AttributeValue> {
  return {
    [ERROR_FIELD.fp]: print.fp,
    [ERROR_FIELD.fpx]: print.fpx,
    [ERROR_FIELD.fpTemplate]: print.template,
    [ERROR_FIELD.fpVersion]: print.version,
  };
}
