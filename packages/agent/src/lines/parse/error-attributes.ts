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

/** An exception of which type, message and fingerprint are known. */
export interface FoundError {
  readonly type: string | undefined;
  readonly message: string | undefined;
  readonly fingerprint: Fingerprint;
}

/** A class name with a colon at the start of a line, as a runtime prints what nobody caught. */
const TYPED =
  /^(?:Uncaught |Unhandled exception[.:] |Exception in thread "[^"]{0,200}" )?((?:[\p{L}_]\w{0,80}[.\\]){0,12}[A-Z]\w{0,80}(?:Error|Exception|Rejection))(?: \[\w{1,60}\])?(?:: (.*))?$/u;

/** Exception in plain text. Costs more than the rest of a line: for groups that may hold one. */
export function findError(text: string): FoundError | undefined {
  const stack = parseAnyStack(text);
  if (stack !== undefined) return fromStack(stack);
  const head = text.split("\n", 1)[0] ?? "";
  const match = head.length > 4_096 ? null : TYPED.exec(head);
  if (match === null) return undefined;
  const [, type = "", message = ""] = match;
  return { type, message, fingerprint: fingerprint({ type, message }) };
}

/** Exception in the fields of a line; undefined where they hold a message alone. */
export function errorOfFields(fields: ErrorFields): FoundError | undefined {
  const stack = fields.stack === undefined ? undefined : parseAnyStack(fields.stack);
  if (stack === undefined) {
    if (fields.type === undefined) return undefined;
    const { type, message } = fields;
    const print = fingerprint({ type, ...(message === undefined ? {} : { message }) });
    return { type, message, fingerprint: print };
  }
  const type = fields.type ?? stack.type;
  const message = fields.message ?? stack.message;
  return fromStack({
    ...stack,
    ...(type === undefined ? {} : { type }),
    ...(message === undefined ? {} : { message }),
  });
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
