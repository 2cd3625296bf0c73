import type { AttributeValue } from "@sightline/core";
import { attributeName } from "./reserved-names.ts";

/** Past these a line is no line any more; Loki refuses 64 kB or 128 entries of metadata. */
const MAX_FIELDS = 64;
const MAX_KEY_CHARACTERS = 128;
const MAX_TEXT_CHARACTERS = 4_096;
const MAX_TOTAL_BYTES = 24_576;

/** Attributes of one line, within the limits of the store. */
export interface FlatAttributes {
  readonly attributes: Record<string, AttributeValue>;
  /** Adds a field of the application under a name that is none of ours, or counts it as dropped. */
  readonly add: (field: string, value: AttributeValue) => void;
  readonly droppedCount: () => number;
}

export function createFlatAttributes(): FlatAttributes {
  const attributes: Record<string, AttributeValue> = {};
  let fieldCount = 0;
  let totalBytes = 0;
  let droppedCount = 0;

  function add(field: string, value: AttributeValue): void {
    const name = field.length > MAX_KEY_CHARACTERS ? field : attributeName(field);
    const text = typeof value === "string" ? cutAttribute(value) : value;
    const bytes = name.length + (typeof text === "string" ? Buffer.byteLength(text) : 8);
    const isOver =
      fieldCount >= MAX_FIELDS ||
      name.length > MAX_KEY_CHARACTERS ||
      totalBytes + bytes > MAX_TOTAL_BYTES;
    if (isOver || name === "") {
      droppedCount += 1;
      return;
    }
    fieldCount += 1;
    totalBytes += bytes;
    // Keys are the application's texts: assigning to this one would set a prototype.
    if (name === "__proto__")
      Object.defineProperty(attributes, name, { ...OWN_FIELD, value: text });
    else attributes[name] = text;
  }

  return { attributes, add, droppedCount: () => droppedCount };
}

const OWN_FIELD = { enumerable: true, configurable: true, writable: true } as const;

export function cutAttribute(text: string): string {
  return text.length > MAX_TEXT_CHARACTERS ? `${text.slice(0, MAX_TEXT_CHARACTERS - 1)}…` : text;
}
