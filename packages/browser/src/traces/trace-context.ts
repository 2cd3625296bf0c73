import { randomHex } from "../page/natives.ts";

/** https://www.w3.org/TR/trace-context/ */
export interface TraceContext {
  readonly traceId: string;
  readonly spanId: string;
}

export function createTraceContext(traceId: string = randomHex(16)): TraceContext {
  return { traceId, spanId: randomHex(8) };
}

/** The header, marked as sampled: what is not told gets no header at all. */
export function formatTraceparent({ spanId, traceId }: TraceContext): string {
  return `00-${traceId}-${spanId}-01`;
}

export function parseTraceparent(header: string): TraceContext | undefined {
  const match = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-/.exec(header);
  const [, traceId, spanId] = match ?? [];
  return traceId === undefined || spanId === undefined ? undefined : { traceId, spanId };
}
