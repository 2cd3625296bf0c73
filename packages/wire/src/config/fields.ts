/** What one setting takes: words for the message, and the test. */
export interface ValueField {
  readonly kind: "value";
  readonly expected: string;
  /** Undefined: well. `wrong`: another value was expected. Else: why, in words. */
  check(value: unknown): undefined | "wrong" | { readonly why: string };
  /** A message never repeats it. */
  readonly isSecret: boolean;
}

export interface ObjectField {
  readonly kind: "object";
  readonly fields: Readonly<Record<string, Field>>;
  readonly required: readonly string[];
  /** Why these values do not go together, and at which key. Asked where each by itself is well. */
  readonly rule?: (value: Readonly<Record<string, unknown>>) => readonly ObjectProblem[];
}

export interface ObjectProblem {
  readonly key: string;
  readonly message: string;
}

export interface ListField {
  readonly kind: "list";
  readonly item: Field;
  readonly maxItems: number;
  /** Key that no two items may share. */
  readonly uniqueBy?: string;
}

/** Keys are the user's: names of services, of headers. */
export interface MapField {
  readonly kind: "map";
  readonly value: Field;
  readonly expectedKey: string;
  isKey(key: string): boolean;
}

export type Field = ValueField | ObjectField | ListField | MapField;

export function value(
  expected: string,
  check: ValueField["check"],
  options: { readonly isSecret?: boolean } = {},
): ValueField {
  return { kind: "value", expected, check, isSecret: options.isSecret === true };
}

/** The common kind of value: it fits or it does not. */
export function accepted(
  expected: string,
  accepts: (given: unknown) => boolean,
  options: { readonly isSecret?: boolean } = {},
): ValueField {
  return value(expected, (given) => (accepts(given) ? undefined : "wrong"), options);
}

export function text(expected = "a text of 1 to 255 characters"): ValueField {
  return accepted(expected, (given) => isText(given) && given.length <= 255);
}

export function flag(): ValueField {
  return accepted("true or false", (given) => typeof given === "boolean");
}

export function whole(min: number, max: number, unit: string): ValueField {
  return accepted(
    `a whole number of ${unit} from ${min} to ${max}`,
    (given) => Number.isInteger(given) && Number(given) >= min && Number(given) <= max,
  );
}

export function oneOf(choices: readonly string[]): ValueField {
  const expected = `one of ${choices.map((choice) => `"${choice}"`).join(", ")}`;
  return accepted(expected, (given) => choices.includes(given as string));
}

export function list(item: Field, maxItems: number, uniqueBy?: string): ListField {
  return { kind: "list", item, maxItems, ...(uniqueBy !== undefined && { uniqueBy }) };
}

/** A setting of the type without a row here does not compile, nor does a row without a setting. */
export function object<T extends object>(
  fields: { readonly [K in keyof Required<T>]: Field },
  required: readonly (keyof T & string)[] = [],
  rule?: ObjectField["rule"],
): ObjectField {
  return { kind: "object", fields, required, ...(rule && { rule }) };
}

export function isText(given: unknown): given is string {
  return typeof given === "string" && given.trim() !== "" && !hasControlCharacters(given);
}

export function hasControlCharacters(given: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return /[\u0000-\u001f\u007f]/.test(given);
}
