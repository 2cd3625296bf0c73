import { type AttributeValue, LEFT_OUT_KEY, type Redactor } from "@sightline/core";

/** Past these a line is no line any more; Loki refuses 64 kB or 128 entries of metadata. */
const MAX_FIELDS = 64;
const MAX_KEY_CHARACTERS = 128;
const MAX_TEXT_CHARACTERS = 4_096;
/** Keys and values in UTF-8, with room for what the record and its resource say beside the fields. */
const MAX_TOTAL_BYTES = 24_576;
/** Up to here a text counts with the most bytes it may have, which is cheaper than counting them. */
const MAX_GUESSED_CHARACTERS = 64;
const MAX_BYTES_PER_CHARACTER = 3;

export type FlatFields = {
  readonly attributes: Record<string, AttributeValue>;
  /** Fields left out because of a limit. */
  readonly droppedCount: number;
};

type Flattening = {
  readonly attributes: Record<string, AttributeValue>;
  fields: number;
  bytes: number;
  dropped: number;
};

/**
 * Fields of a line as attributes without secrets: an object one level deep becomes `key.inner`,
 * deeper ones and arrays become JSON. What a limit cuts is counted.
 *
 * @param fields values of any kind, hostile ones too.
 */
export function flattenFields(
  fields: Readonly<Record<string, unknown>>,
  redactor: Redactor,
): FlatFields {
  const masked = redactor.value(fields);
  const flat: Flattening = { attributes: {}, fields: 0, bytes: 0, dropped: 0 };
  if (!isObject(masked)) return { attributes: flat.attributes, droppedCount: 1 };
  let seen = 0;
  for (const key in masked) {
    const value = masked[key];
    // The redactor looks at the first fields only. Its mark for the others is no field.
    if (seen >= MAX_FIELDS && key === LEFT_OUT_KEY) continue;
    seen += 1;
    if (isObject(value)) addInner(flat, key, value);
    else addField(flat, key, value);
  }
  if (seen > MAX_FIELDS) flat.dropped += Object.keys(fields).length - seen;
  return { attributes: flat.attributes, droppedCount: flat.dropped };
}

function addInner(flat: Flattening, key: string, inner: Readonly<Record<string, unknown>>): void {
  for (const innerKey in inner) addField(flat, `${key}.${innerKey}`, inner[innerKey]);
}

function addField(flat: Flattening, key: string, value: unknown): void {
  const attribute = toAttributeValue(value);
  if (attribute === undefined || key === "") return;
  const bytes = bytesOf(key) + (typeof attribute === "string" ? bytesOf(attribute) : 8);
  if (
    flat.fields >= MAX_FIELDS ||
    key.length > MAX_KEY_CHARACTERS ||
    flat.bytes + bytes > MAX_TOTAL_BYTES
  ) {
    flat.dropped += 1;
    return;
  }
  flat.fields += 1;
  flat.bytes += bytes;
  // Keys are the host's texts: an assignment to "__proto__" would set a prototype, not a field.
  if (key === "__proto__") defineField(flat.attributes, key, attribute);
  else flat.attributes[key] = attribute;
}

function bytesOf(text: string): number {
  const { length } = text;
  return length <= MAX_GUESSED_CHARACTERS
    ? length * MAX_BYTES_PER_CHARACTER
    : Buffer.byteLength(text);
}

function defineField(attributes: object, key: string, value: AttributeValue): void {
  const property = { value, enumerable: true, writable: true, configurable: true };
  Object.defineProperty(attributes, key, property);
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
