const MAX_CHARACTERS = 262_144;
const NOTHING: readonly unknown[] = [];

/** A list that is written as JSON text inside a text; empty where it is none. */
export function readJsonList(value: unknown): readonly unknown[] {
  if (typeof value !== "string" || value.length > MAX_CHARACTERS) return NOTHING;
  try {
    const parsed: unknown = JSON.parse(value);
    return Array.isArray(parsed) ? parsed : NOTHING;
  } catch {
    return NOTHING;
  }
}
