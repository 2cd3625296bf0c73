import { isSpanContextValid } from "@opentelemetry/api";
import { ATTRIBUTE, LOKI_METADATA } from "@sightline/core";
import { currentScope } from "../scope/request-scope.ts";
import { activeSpanContext } from "../traces/active-span.ts";

/**
 * What a printed line is stamped with, so that the agent that ships it knows its trace, user and
 * session. Undefined where nothing of that is known.
 */
export function printedFields(): Record<string, string> | undefined {
  const spanContext = activeSpanContext();
  const scope = currentScope();
  const fields: Record<string, string> = {};
  if (spanContext !== undefined && isSpanContextValid(spanContext)) {
    fields[LOKI_METADATA.traceId] = spanContext.traceId;
    fields[LOKI_METADATA.spanId] = spanContext.spanId;
    fields[ATTRIBUTE.traceFlags] = spanContext.traceFlags.toString(16).padStart(2, "0");
  }
  if (scope?.userHash !== undefined) fields[ATTRIBUTE.userHash] = scope.userHash;
  if (scope?.sessionId !== undefined) fields[ATTRIBUTE.sessionId] = scope.sessionId;
  for (const _ in fields) return fields;
  return undefined;
}
