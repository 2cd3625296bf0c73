import type { TransportItem } from "@grafana/faro-core";
import { FARO, redactionMark, type TextRedactor } from "@sightline/core";
import { attempt } from "../page/natives.ts";

/** Keys whose values are ours: times, ids, figures. Not in what the page names itself. */
const PLAIN = new Set(["timestamp", "trace", "level", "name", "domain", "bundleid", "values"]);
/** Lists as JSON text: masked piece by piece, so that they stay JSON. */
const JSON_KEYS: readonly string[] = [FARO.exceptionContext.trail, FARO.exceptionContext.causes];
const MAX_DEPTH = 8;
/** Of `context` and `attributes` in a payload, whose keys a page makes up. */
const PAGE_DEPTH = 1;

/** Masks every text of an item before it is queued. */
export function maskItem(item: TransportItem, redactor: TextRedactor): TransportItem {
  // Spans hold what was made of addresses without query, and nothing that a page writes.
  if (item.type === "trace") return item;
  return { ...item, payload: maskValue(item.payload, redactor, 0) as TransportItem["payload"] };
}

function maskValue(value: unknown, redactor: TextRedactor, depth: number): unknown {
  if (typeof value === "string") return redactor.text(value);
  if (typeof value !== "object" || value === null || depth > MAX_DEPTH) return value;
  if (Array.isArray(value)) return value.map((entry) => maskValue(entry, redactor, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]) => {
      if (PLAIN.has(key) && depth !== PAGE_DEPTH) return [key, entry];
      if (redactor.isSecretKey(key)) return [key, redactionMark("key")];
      const list = JSON_KEYS.includes(key) ? attempt(() => JSON.parse(entry)) : undefined;
      const masked = maskValue(list === undefined ? entry : list, redactor, depth + 1);
      return [key, list === undefined ? masked : JSON.stringify(masked)];
    }),
  );
}
