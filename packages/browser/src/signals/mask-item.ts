import type { TransportItem } from "@grafana/faro-core";

/** Keys whose values are ours: times, ids, figures. */
const PLAIN = new Set(["timestamp", "trace", "level", "name", "domain", "bundleid", "values"]);
const MAX_DEPTH = 8;

/**
 * Masks every text of an item before it is queued. JSON within texts (trail, causes) is masked piece
 * by piece, so that it stays JSON.
 */
export function maskItem(item: TransportItem, mask: (text: string) => string): TransportItem {
  // Spans hold what was made of addresses without query, and nothing that a page writes.
  if (item.type === "trace") return item;
  return { ...item, payload: maskValue(item.payload, mask, 0) as TransportItem["payload"] };
}

function maskValue(value: unknown, mask: (text: string) => string, depth: number): unknown {
  if (typeof value === "string") return maskText(value, mask, depth);
  if (typeof value !== "object" || value === null || depth > MAX_DEPTH) return value;
  if (Array.isArray(value)) return value.map((entry) => maskValue(entry, mask, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]) => [
      key,
      PLAIN.has(key) ? entry : maskValue(entry, mask, depth + 1),
    ]),
  );
}

function maskText(text: string, mask: (text: string) => string, depth: number): string {
  if (!text.startsWith("[{") || depth > MAX_DEPTH) return mask(text);
  try {
    return JSON.stringify(maskValue(JSON.parse(text), mask, depth + 1));
  } catch {
    return mask(text);
  }
}
