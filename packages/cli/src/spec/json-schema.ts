import { z } from "zod";
import { ALTERNATIVES } from "./alternatives.ts";
import { specSchema } from "./schema/spec.ts";

type JsonSchema = z.core.JSONSchema.BaseSchema;

/** Where a variable stands for a part of a text, its form is not known before. */
const VARIABLE = "\\$\\{var:";

/**
 * The schema of sightline.yaml for editors: completion, descriptions, red lines. It takes all that
 * is valid; what only the CLI can find (names that are not there, conditions, queries) it lets through.
 */
export function createJsonSchema(): JsonSchema {
  const { $schema, ...schema } = z.toJSONSchema(specSchema, {
    io: "input",
    // What editors know best.
    target: "draft-7",
    unrepresentable: "any",
    reused: "ref",
    override: ({ jsonSchema }) => loosenTexts(jsonSchema),
  });
  const properties = Object.fromEntries(
    Object.entries(schema.properties ?? {}).map(([section, given]) => [
      section,
      orNothing(withAlternatives(section, given as JsonSchema)),
    ]),
  );
  return {
    ...($schema !== undefined && { $schema }),
    title: "sightline.yaml",
    description: "What Sightline watches, and whom it tells",
    ...schema,
    properties,
  } as JsonSchema;
}

function loosenTexts(schema: JsonSchema): void {
  // "uri" refuses a variable, and a URL of another script.
  if (schema.format !== undefined) delete schema.format;
  if (schema.pattern !== undefined) schema.pattern = `(?:${schema.pattern})|${VARIABLE}`;
}

/** Exactly one of the keys, as the validation has it. */
function withAlternatives(section: string, schema: JsonSchema): JsonSchema {
  const row = ALTERNATIVES.find((it) => it.section === section);
  if (row === undefined || typeof schema.items !== "object") return schema;
  const one = row.keys.map((key) => ({ type: "object" as const, required: [key] }));
  // Without `not`, which some readers of schemas do not know.
  const none = {
    type: "object" as const,
    properties: Object.fromEntries(row.keys.map((key) => [key, false])),
  };
  const rule: JsonSchema = row.isOptional ? { oneOf: [...one, none] } : { oneOf: one };
  return { ...schema, items: { ...(schema.items as JsonSchema), ...rule } };
}

/** `alerts:` with all its items commented out. */
function orNothing(schema: JsonSchema): JsonSchema {
  if (typeof schema.type !== "string") return { anyOf: [schema, { type: "null" }] };
  return { ...schema, type: [schema.type, "null"] } as unknown as JsonSchema;
}
