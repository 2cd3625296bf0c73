const MAX_SHOWN = 60;

/** What a value is, in words for the user: `the number 5`, `a list of 3`, `"Slow answers"`. */
export function describeValue(value: unknown): string {
  if (value === null || value === undefined) return "nothing";
  if (Array.isArray(value)) {
    return value.length === 0 ? "an empty list" : `a list of ${value.length}`;
  }
  switch (typeof value) {
    case "string":
      return value === "" ? 'an empty text ("")' : JSON.stringify(shorten(withoutPassword(value)));
    case "number":
    case "bigint":
      return `the number ${value}`;
    case "boolean":
      return `the truth value ${value}`;
    default:
      return describeMapping(Object.keys(value as object));
  }
}

/** `https://user:password@host` is shown without what stands before the @. */
function withoutPassword(text: string): string {
  return text.replaceAll(/(?<=:\/\/)[^/\s@]+(?=@)/g, "…");
}

function describeMapping(keys: readonly string[]): string {
  if (keys.length === 0) return "an empty mapping ({})";
  const shown = keys.slice(0, 3).map((key) => shorten(key));
  return `a mapping (${shown.join(", ")}${keys.length > 3 ? ", …" : ""})`;
}

/** Values of endless length must not fill the screen. */
export function shorten(text: string): string {
  const letters = [...text];
  return letters.length > MAX_SHOWN ? `${letters.slice(0, MAX_SHOWN).join("")}…` : text;
}

const TYPE_WORDS: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "a mapping",
  record: "a mapping",
  null: "nothing",
};

/** The name of a schema's type, in the same words. */
export function describeType(type: string): string {
  return TYPE_WORDS[type] ?? type;
}
