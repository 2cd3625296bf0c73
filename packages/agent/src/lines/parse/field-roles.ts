/** What the fields of structured lines mean, whatever logger wrote them. */
export type FieldRole =
  | "message"
  | "level"
  | "logger"
  | "time"
  | "traceId"
  | "spanId"
  | "traceparent"
  /** A text that is the message of an error, or its whole stack. */
  | "error"
  | "errorType"
  | "errorMessage"
  | "stack";

/**
 * Names by role, the one that wins first. A dot is a level of nesting or part of the name: ECS has
 * both. pino, bunyan, winston, zap, zerolog, logrus, slog, structlog, python-json-logger, Serilog
 * (compact and not), .NET, logback and logstash, log4j, ECS, monolog, lograge, GELF, MongoDB,
 * Caddy, Traefik, Google Cloud and OpenTelemetry.
 */
const NAMES: Readonly<Record<FieldRole, readonly string[]>> = {
  message: [
    "message",
    "msg",
    "@m",
    "RenderedMessage",
    "Message",
    "event",
    "log",
    "@message",
    "short_message",
    "textPayload",
    "_msg",
    "MESSAGE",
    "body",
    "text",
    "@mt",
    "MessageTemplate",
  ],
  level: [
    "level",
    "severity",
    "level_name",
    "levelname",
    "log.level",
    "@l",
    "LogLevel",
    "Level",
    "Severity",
    "lvl",
    "loglevel",
    "log_level",
    "logLevel",
    "severityText",
    "severity_text",
    "SeverityText",
    "levelName",
    "@level",
    "s",
  ],
  logger: [
    "logger",
    "logger_name",
    "loggerName",
    "logger.name",
    "log.logger",
    "SourceContext",
    "Properties.SourceContext",
    "Category",
    "channel",
    "logger_id",
  ],
  time: [
    "time",
    "timestamp",
    "@timestamp",
    "ts",
    "@t",
    "Timestamp",
    "asctime",
    "datetime",
    "t.$date",
    "t",
    "date",
    "instant.epochSecond",
  ],
  traceId: [
    "trace_id",
    "traceId",
    "traceID",
    "trace.id",
    "TraceId",
    "otelTraceID",
    "otel.trace_id",
    "@tr",
    "traceid",
    "mdc.trace_id",
    "mdc.traceId",
    "context.trace_id",
    "contextMap.traceId",
    "contextMap.trace_id",
    "logging.googleapis.com/trace",
  ],
  spanId: [
    "span_id",
    "spanId",
    "spanID",
    "span.id",
    "SpanId",
    "otelSpanID",
    "otel.span_id",
    "@sp",
    "spanid",
    "mdc.span_id",
    "mdc.spanId",
    "context.span_id",
    "contextMap.spanId",
    "contextMap.span_id",
    "logging.googleapis.com/spanId",
  ],
  traceparent: ["traceparent", "traceParent"],
  error: ["err", "error", "exception", "@x", "Exception", "exc_info", "exc_text", "thrown"],
  errorType: [
    "err.type",
    "err.name",
    "error.type",
    "error.name",
    "error.class",
    "error.kind",
    "exception.type",
    "exception.class",
    "exception.class_name",
    "exception.name",
    "exception_class",
    "exception_type",
    "error_class",
    "thrown.name",
    "context.exception.class",
  ],
  errorMessage: [
    "err.message",
    "err.msg",
    "error.message",
    "error.msg",
    "exception.message",
    "exception_message",
    "error_message",
    "errorMessage",
    "thrown.message",
    "context.exception.message",
  ],
  stack: [
    "stack",
    "stack_trace",
    "stacktrace",
    "stackTrace",
    "err.stack",
    "err.stack_trace",
    "error.stack",
    "error.stack_trace",
    "error.stacktrace",
    "errorVerbose",
    "exception.stacktrace",
    "exception.stack_trace",
    "exception.stack",
    "exception.backtrace",
    "thrown.extendedStackTrace",
    "backtrace",
  ],
};

export interface RoleOfField {
  readonly role: FieldRole;
  /** Lower wins. */
  readonly rank: number;
}

const ROLES: ReadonlyMap<string, RoleOfField> = new Map(
  Object.entries(NAMES).flatMap(([role, names]) =>
    names.map((name, rank) => [name, { role: role as FieldRole, rank }] as const),
  ),
);

/** @param path keys from the top of the line, joined by dots. */
export function roleOfField(path: string): RoleOfField | undefined {
  return ROLES.get(path);
}
