import {
  ATTRIBUTE,
  type AttributeValue,
  ERROR_FIELD,
  type ErrorRecord,
  EVENT_NAME,
  SEVERITY,
  toAttributes,
} from "@sightline/core";
import type { FaroException } from "../faro/faro-payload.ts";
import { type Draft, type LineParts, toLine } from "./draft.ts";
import type { PageFacts } from "./page-facts.ts";
import type { ReadableError } from "./readable-error.ts";
import type { Stamp } from "./stamper.ts";

const MAX_MESSAGE_CHARACTERS = 1_024;

/** The line of an exception, with its stack. Of one that is muted, not as an error. */
export function toErrorLine(
  facts: PageFacts,
  exception: FaroException,
  error: ReadableError,
  stamp: Stamp,
): Draft {
  const severity =
    error.muted === undefined
      ? { severityNumber: SEVERITY.ERROR, severityText: "error" }
      : { severityNumber: SEVERITY.INFO, severityText: "info" };
  const parts: LineParts = {
    ...severity,
    body: error.body,
    attributes: lineAttributes(exception, error),
    eventName: EVENT_NAME.exception,
  };
  return toLine(facts, exception, stamp, parts);
}

function lineAttributes(
  exception: FaroException,
  error: ReadableError,
): Record<string, AttributeValue> {
  const { print, muted, debugIds } = error;
  const unresolved = unresolvedText(error);
  return {
    [ATTRIBUTE.exceptionType]: exception.type,
    [ATTRIBUTE.exceptionMessage]: exception.message.slice(0, MAX_MESSAGE_CHARACTERS),
    [ERROR_FIELD.handled]: exception.handled,
    [ERROR_FIELD.fp]: print.fp,
    [ERROR_FIELD.fpx]: print.fpx,
    [ERROR_FIELD.fpTemplate]: print.template,
    [ERROR_FIELD.fpVersion]: print.version,
    ...(exception.n > 1 ? { [ERROR_FIELD.n]: exception.n } : {}),
    ...(muted === undefined ? {} : { [ATTRIBUTE.muted]: muted }),
    ...(debugIds === undefined ? {} : { [ATTRIBUTE.debugIds]: debugIds }),
    ...(unresolved === "" ? {} : { [ATTRIBUTE.unresolvedFrames]: unresolved }),
    ...(exception.trail === undefined ? {} : { [ATTRIBUTE.trail]: exception.trail }),
  };
}

/** `no_map=3 no_debug_id=1`. */
function unresolvedText({ outcomes }: ReadableError): string {
  const reasons = [...outcomes].filter(([outcome]) => outcome !== "resolved");
  return reasons.map(([reason, count]) => `${reason}=${count}`).join(" ");
}

/** The compact record beside it, made of what is masked already. */
export function toErrorDraft(
  facts: PageFacts,
  exception: FaroException,
  error: ReadableError,
  stamp: Stamp,
  n: number,
): Draft {
  const { print } = error;
  const record: ErrorRecord = {
    kind: "error",
    timeMillis: stamp.millis,
    body: print.template,
    fp: print.fp,
    fpx: print.fpx,
    fpTemplate: print.template,
    fpVersion: print.version,
    exceptionType: exception.type,
    handled: exception.handled,
    ...(facts.release === undefined ? {} : { release: facts.release }),
    ...(facts.userHash === undefined ? {} : { userHash: facts.userHash }),
    ...(facts.sessionId === undefined ? {} : { sessionId: facts.sessionId }),
    ...(facts.visitorHash === undefined ? {} : { visitorHash: facts.visitorHash }),
    n,
  };
  const attributes = toAttributes(record);
  if (stamp.eventMillis !== undefined) attributes[ATTRIBUTE.eventTs] = stamp.eventMillis;
  return {
    record: {
      timeUnixMillis: stamp.millis,
      severityNumber: SEVERITY.ERROR,
      severityText: "error",
      body: record.body,
      attributes,
      traceId: exception.traceId,
      spanId: exception.spanId,
    },
    nanos: stamp.nanos,
  };
}
