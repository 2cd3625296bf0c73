import type { AttributeValue } from "@sightline/core";

/** Past these a line is no line any more; Loki refuses 64 kB or 128 entries of metadata. */
const MAX_FIELDS = 64;
const MAX_KEY_CHARACTERS = 128;
const MAX_TEXT_CHARACTERS = 4_096;
const MAX_TOTAL_CHARACTERS = 24_576;

export type FlatFields = {
  readonly attributes: Record<string, AttributeValue>;
  /** Fields left out because of a limit. */
  readonly droppedCount: number;
};

/**
 * Fields of a line as attributes: an object one level deep becomes `key.inner`, deeper ones and
 * arrays become JSON. What a limit cuts is counted.
 *
 * @param fields a plain, JSON-safe copy, as the redactor makes it.
 */
export function flattenFields(fields: Readonly<Record<string, unknown>>): FlatFields {
  const entries: [string, AttributeValue][] = [];
  let droppedCount = 0;
  let characters = 0;

  function add(key: string, value: unknown): void {
    const attribute = toAttributeValue(value);
    if (attribute === undefined || key === "") return;
    const size = key.length + (typeof attribute === "string" ? attribute.length : 8);
    const isOver =
      entries.length >= MAX_FIELDS ||
      key.length > MAX_KEY_CHARACTERS ||
      characters + size > MAX_TOTAL_CHARACTERS;
    if (isOver) {
      droppedCount++;
      return;
    }
    entries.push([key, attribute]);
    characters += size;
  }

  for (const [key, value] of Object.entries(fields)) {
    if (isObject(value)) {
      for (const [inner, innerValue] of Object.entries(value)) add(`${key}.${inner}`, innerValue);
    } else add(key, value);
  }
  // Keys are the host's texts: fromEntries makes a field of "__proto__", assignment would not.
  return { attributes: Object.fromEntries(entries), droppedCount };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function toAttributeValue(value: unknown): AttributeValue | undefined {
  switch (typeof value) {
    case "string":
      return cut(value);
    case "boolean":
    case "number":
      return value;
    case "object":
      return value === null ? undefined : cut(JSON.stringify(value));
    default:
      return undefined;
  }
}

function cut(text: string): string {
  return text.length > MAX_TEXT_CHARACTERS ? `${text.slice(0, MAX_TEXT_CHARACTERS - 1)}…` : text;
}
