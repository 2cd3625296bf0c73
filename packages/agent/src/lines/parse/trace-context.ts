/** Where a line belongs in a trace. Ids in lower case. */
export interface TraceContext {
  readonly traceId: string;
  readonly spanId?: string;
}

const TRACE_ID = /^[0-9a-f]{32}$/i;
const SPAN_ID = /^[0-9a-f]{16}$/i;
const ZEROS = /^0+$/;
/** Google Cloud writes `projects/<project>/traces/<id>`. */
const CLOUD_PREFIX = /^projects\/[^/]{1,100}\/traces\//;

/** 32 hexadecimal digits, maybe as a UUID; not all zero, which W3C calls invalid. */
export function readTraceId(text: string): string | undefined {
  const bare = text.length === 32 ? text : text.replace(CLOUD_PREFIX, "").replaceAll("-", "");
  return TRACE_ID.test(bare) && !ZEROS.test(bare) ? bare.toLowerCase() : undefined;
}

export function readSpanId(text: string): string | undefined {
  return SPAN_ID.test(text) && !ZEROS.test(text) ? text.toLowerCase() : undefined;
}

const TRACEPARENT = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(?![0-9a-f])/i;

/** @see https://www.w3.org/TR/trace-context/#traceparent-header */
export function readTraceparent(text: string): TraceContext | undefined {
  const [, trace = "", span = ""] = TRACEPARENT.exec(text) ?? [];
  const traceId = readTraceId(trace);
  const spanId = readSpanId(span);
  return traceId === undefined || spanId === undefined ? undefined : { traceId, spanId };
}

const MAX_HEAD = 4_096;
const VALUE = `["']?[=:] {0,2}["']?`;
const TRACE_IN_TEXT = new RegExp(`trace[._-]?id${VALUE}([0-9a-f]{32})(?![0-9a-f])`, "i");
const SPAN_IN_TEXT = new RegExp(`span[._-]?id${VALUE}([0-9a-f]{16})(?![0-9a-f])`, "i");
const PARENT_IN_TEXT = new RegExp(`traceparent${VALUE}([0-9a-f-]{55})(?![0-9a-f])`, "i");
/** Spring Boot: `[shop,<trace>,<span>]` until 3.0, `[<trace>-<span>]` since. */
const SPRING = /[[,]([0-9a-f]{32})[,-]([0-9a-f]{16})[\],]/;

/** Trace and span that a plain line names by key, as loggers with a pattern do. */
export function findTraceContext(text: string): TraceContext | undefined {
  const head = text.length > MAX_HEAD ? text.slice(0, MAX_HEAD) : text;
  // "trace" and "Trace", without a regular expression for lines that have neither.
  if (!head.includes("race")) return contextOf(SPRING.exec(head) ?? []);
  const parent = PARENT_IN_TEXT.exec(head)?.[1];
  const context = parent === undefined ? undefined : readTraceparent(parent);
  if (context !== undefined) return context;
  const trace = TRACE_IN_TEXT.exec(head);
  return (
    contextOf([undefined, trace?.[1], SPAN_IN_TEXT.exec(head)?.[1]]) ??
    contextOf(SPRING.exec(head) ?? [])
  );
}

function contextOf(match: readonly (string | undefined)[]): TraceContext | undefined {
  const traceId = readTraceId(match[1] ?? "");
  const spanId = readSpanId(match[2] ?? "");
  if (traceId === undefined) return undefined;
  return spanId === undefined ? { traceId } : { traceId, spanId };
}
