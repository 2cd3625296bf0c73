import type { IdGenerator } from "@opentelemetry/sdk-trace";

export type TraceIds = IdGenerator & {
  /** The next trace that the SDK begins gets this id: it was sampled by it already. */
  reserve(traceId: string): void;
};

const HEX: readonly string[] = Array.from({ length: 256 }, (_, byte) =>
  byte.toString(16).padStart(2, "0"),
);
const TRACE_ID_WORDS = 4;
const SPAN_ID_WORDS = 2;

/** Ids of traces and spans. Source: W3C Trace Context, random, not all zero. */
export function createTraceIds(random: () => number): TraceIds {
  let reserved: string | undefined;

  function words(count: number): string {
    let id = "";
    let anyBits = 0;
    for (let word = 0; word < count; word += 1) {
      const bits = (random() * 0x1_0000_0000) >>> 0;
      anyBits |= bits;
      id +=
        (HEX[bits >>> 24] as string) +
        HEX[(bits >>> 16) & 255] +
        HEX[(bits >>> 8) & 255] +
        HEX[bits & 255];
    }
    return anyBits === 0 ? `${id.slice(1)}1` : id;
  }

  return {
    reserve(traceId) {
      reserved = traceId;
    },
    generateTraceId() {
      const id = reserved ?? words(TRACE_ID_WORDS);
      reserved = undefined;
      return id;
    },
    generateSpanId: () => words(SPAN_ID_WORDS),
  };
}
