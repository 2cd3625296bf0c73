import type { z } from "zod";
import { createJsonSchema } from "./json-schema.ts";

type JsonSchema = z.core.JSONSchema.BaseSchema;

const REF = "#/definitions/";

/** `docs/sightline-yaml-keys.md`: every key of the file, made of the schema so that it cannot drift. */
export function renderKeyTable(): string {
  const schema = createJsonSchema();
  const definitions = (schema["definitions"] ?? {}) as Readonly<Record<string, JsonSchema>>;
  const sections = Object.entries(schema.properties ?? {}).map(([section, given]) => {
    const rows = rowsOf(given as JsonSchema, section, definitions, false);
    return `\n## ${section}\n\n| key | takes | what it says |\n|---|---|---|\n${rows.join("\n")}\n`;
  });
  return `# Every key of sightline.yaml

Made of the schema by \`npm run generate\`. [sightline-yaml.md](sightline-yaml.md) explains the file by
example. \`[]\` is an item of a list, \`*\` a key of your own, **bold** what must be there.
${sections.join("")}`;
}

function rowsOf(
  given: JsonSchema,
  path: string,
  definitions: Readonly<Record<string, JsonSchema>>,
  isRequired: boolean,
): string[] {
  const schema = resolve(given, definitions);
  const name = isRequired ? `**\`${path}\`**` : `\`${path}\``;
  const description = schema.description ?? "";
  const row = `| ${name} | ${cell(typeOf(schema, definitions))} | ${cell(description)} |`;
  return [row, ...childRows(schema, path, definitions)];
}

function childRows(
  schema: JsonSchema,
  path: string,
  definitions: Readonly<Record<string, JsonSchema>>,
): string[] {
  const item = itemOf(schema, definitions);
  if (item !== undefined) return childRows(item, `${path}[]`, definitions);
  const shape = variantsOf(schema, definitions).find(({ properties }) => properties !== undefined);
  const own = Object.entries(shape?.properties ?? {}).flatMap(([key, property]) =>
    rowsOf(
      property as JsonSchema,
      `${path}.${key}`,
      definitions,
      shape?.required?.includes(key) === true,
    ),
  );
  const free = schema.additionalProperties;
  const isFree = typeof free === "object" && Object.keys(free).length > 0;
  const rest = isFree
    ? childRows(resolve(free as JsonSchema, definitions), `${path}.*`, definitions)
    : [];
  return [...own, ...rest];
}

/** The items of a list; of "one or a list of it" those are the same and shown once. */
function itemOf(
  schema: JsonSchema,
  definitions: Readonly<Record<string, JsonSchema>>,
): JsonSchema | undefined {
  if (typeof schema.items !== "object") return undefined;
  return resolve(schema.items as JsonSchema, definitions);
}

function variantsOf(
  schema: JsonSchema,
  definitions: Readonly<Record<string, JsonSchema>>,
): readonly JsonSchema[] {
  if (schema.anyOf === undefined) return [schema];
  return schema.anyOf.flatMap((it) => {
    const variant = resolve(it as JsonSchema, definitions);
    const item = itemOf(variant, definitions);
    return variantsOf(item ?? variant, definitions);
  });
}

function resolve(
  schema: JsonSchema,
  definitions: Readonly<Record<string, JsonSchema>>,
): JsonSchema {
  const all = schema.allOf?.map((part) => resolve(part as JsonSchema, definitions)) ?? [];
  const { allOf: _, $ref: __, ...own } = schema;
  const target = schema.$ref?.startsWith(REF)
    ? definitions[schema.$ref.slice(REF.length)]
    : undefined;
  const base = target === undefined ? {} : resolve(target, definitions);
  return Object.assign({}, base, ...all, own) as JsonSchema;
}

function typeOf(schema: JsonSchema, definitions: Readonly<Record<string, JsonSchema>>): string {
  if (schema.enum !== undefined)
    return schema.enum.map((value) => `\`${String(value)}\``).join(", ");
  if (schema.const !== undefined) return `\`${JSON.stringify(schema.const)}\``;
  // Names that editors offer, beside any other text.
  if (schema.anyOf?.some((it) => Object.keys(it as object).length === 0)) return "text";
  if (schema.anyOf !== undefined) {
    const types = schema.anyOf.map((it) =>
      typeOf(resolve(it as JsonSchema, definitions), definitions),
    );
    const [one, many, ...others] = [...new Set(types.filter((type) => type !== "nothing"))];
    const isEither =
      others.length === 0 && (many === `list of ${one}` || many === `list of ${one}s`);
    if (isEither) return `${one}, one or a list`;
    return [one, many, ...others].filter(Boolean).join(" or ");
  }
  const types = [schema.type ?? "anything"].flat().filter((type) => type !== "null");
  return types.map((type) => wordOf(type as string, schema, definitions)).join(" or ");
}

function wordOf(
  type: string,
  schema: JsonSchema,
  definitions: Readonly<Record<string, JsonSchema>>,
): string {
  if (type === "array") {
    const item = itemOf(schema, definitions);
    const inner = item === undefined ? "anything" : typeOf(item, definitions);
    return inner === "mapping" ? "list of mappings" : `list of ${inner}`;
  }
  const words = { string: "text", integer: "whole number", object: "mapping", null: "nothing" };
  return words[type as keyof typeof words] ?? type;
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ").replaceAll("<", "&lt;");
}
