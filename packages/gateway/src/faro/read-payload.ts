import type { FaroItem, FaroPayload } from "./faro-payload.ts";
import { FARO_LIMITS } from "./limits.ts";
import type { Masking } from "./masking.ts";
import { readEvent } from "./read-event.ts";
import { readException } from "./read-exception.ts";
import { type Fields, fieldOf, listOf, toFields } from "./read-fields.ts";
import { readLog } from "./read-log.ts";
import { readMeasurement } from "./read-measurement.ts";
import { readPage } from "./read-page.ts";

type ReadItem = (item: Fields, masking: Masking) => FaroItem | undefined;

/** Lists of Faro's `TransportBody`; those that lose most when they are left out first. */
const LISTS: readonly (readonly [name: string, read: ReadItem])[] = [
  ["exceptions", readException],
  ["events", readEvent],
  ["measurements", readMeasurement],
  ["logs", readLog],
];

/**
 * Reads a `TransportBody` of Faro whose shape nobody has checked. An item that is none is left out
 * and counted; the others stay.
 *
 * @returns undefined where nothing in it is Faro's.
 */
export function readPayload(value: unknown, masking: Masking): FaroPayload | undefined {
  const body = toFields(value);
  if (body === undefined || !isFaro(body)) return undefined;
  const items: FaroItem[] = [];
  let malformed = 0;
  let overLimit = 0;
  for (const [name, read] of LISTS) {
    const given = fieldOf(body, name);
    if (given === undefined || given === null) continue;
    if (!Array.isArray(given)) {
      malformed += 1;
      continue;
    }
    for (const entry of given) {
      if (items.length >= FARO_LIMITS.items) {
        overLimit += 1;
        continue;
      }
      const fields = toFields(entry);
      const item = fields === undefined ? undefined : read(fields, masking);
      if (item === undefined) malformed += 1;
      else items.push(item);
    }
  }
  return {
    page: readPage(fieldOf(body, "meta"), masking),
    items,
    resourceSpans: listOf(toFields(fieldOf(body, "traces")), "resourceSpans") ?? [],
    malformed,
    overLimit,
  };
}

function isFaro(body: Fields): boolean {
  if (toFields(fieldOf(body, "meta")) !== undefined) return true;
  return (
    toFields(fieldOf(body, "traces")) !== undefined ||
    LISTS.some(([name]) => Array.isArray(fieldOf(body, name)))
  );
}
