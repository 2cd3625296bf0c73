import type { FatalReport } from "./death-of-ring.ts";

const MAX_TEXT_CHARACTERS = 300;

/**
 * What a report of Node says of the end, and no more: it holds command lines and paths. Undefined for
 * a text that is none, or one that was written for another reason.
 */
export function parseFatalReport(text: string): FatalReport | undefined {
  const report = parseObject(text);
  const header = asObject(report?.["header"]);
  const trigger = header?.["trigger"];
  if (trigger !== "OOMError" && trigger !== "FatalError") return undefined;
  const heap = asObject(report?.["javascriptHeap"]);
  const event = header?.["event"];
  return {
    trigger,
    event: typeof event === "string" ? event.slice(0, MAX_TEXT_CHARACTERS) : trigger,
    heapUsedBytes: asNumber(heap?.["usedMemory"]),
    heapLimitBytes: asNumber(heap?.["memoryLimit"]),
  };
}

type Fields = Readonly<Record<string, unknown>>;

function parseObject(text: string): Fields | undefined {
  try {
    return asObject(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function asObject(value: unknown): Fields | undefined {
  return typeof value === "object" && value !== null ? (value as Fields) : undefined;
}

function asNumber(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}
