import { isSpanContextValid, trace } from "@opentelemetry/api";
import { ATTRIBUTE, LOKI_METADATA, type LogsMode } from "@sightline/core";
import type { LogLine } from "../logs/log-line.ts";
import type { LineHook, WinstonLogger } from "./logger-class.ts";
import { readInfo } from "./read-info.ts";

const LEVEL = Symbol.for("level");

export type LineHookOptions = {
  readonly mode: Exclude<LogsMode, "off">;
  readonly emit: (line: LogLine) => void;
  readonly nowMillis: () => number;
};

/** What happens to a line of winston: exported, or stamped with the trace and left to be printed. */
export function createLineHook({ mode, emit, nowMillis }: LineHookOptions): LineHook {
  return (logger, info) => {
    if (mode === "stdout") return withTrace(info);
    if (isEnabled(logger, info)) emit(readInfo(info as Record<PropertyKey, unknown>, nowMillis()));
    return undefined;
  };
}

/** A line is captured when winston would have given it to at least one transport. */
function isEnabled(logger: WinstonLogger, info: object): boolean {
  if (logger.silent) return false;
  const fields = info as Record<PropertyKey, unknown>;
  return logger.isLevelEnabled(String(fields[LEVEL] ?? fields["level"] ?? ""));
}

function withTrace(info: object): object | undefined {
  const spanContext = trace.getActiveSpan()?.spanContext();
  if (spanContext === undefined || !isSpanContextValid(spanContext)) return undefined;
  const fields = {
    [LOKI_METADATA.traceId]: spanContext.traceId,
    [LOKI_METADATA.spanId]: spanContext.spanId,
    [ATTRIBUTE.traceFlags]: spanContext.traceFlags.toString(16).padStart(2, "0"),
  };
  // A copy, so that an object which the host logs twice does not keep an old trace. An error must
  // stay the object it is: winston and its formats look at its class and its stack.
  return info instanceof Error ? Object.assign(info, fields) : Object.assign({}, info, fields);
}
