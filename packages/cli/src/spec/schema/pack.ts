import { z } from "zod";
import { PACK } from "../../compile/pack/pack.ts";
import { SEVERITIES } from "./alerts.ts";
import { durationSchema } from "./duration.ts";
import { nameSchema, oneOrMany } from "./text.ts";

/**
 * Any text is taken here: the compiler says which id was most likely meant. Editors complete those of
 * the table.
 */
const idSchema = z
  .string()
  .meta({ anyOf: [{ enum: PACK.map(({ id }) => id) }, {}] })
  .describe("Id of a default alert");

const changeSchema = z.strictObject({
  amount: z
    .union([z.string(), z.number()])
    .transform(String)
    .optional()
    .describe("Another threshold, in the unit of the alert: 5%, 24h, 50"),
  for: durationSchema.optional().describe("How long it must hold"),
  severity: z.enum(SEVERITIES).optional(),
  tell: oneOrMany(nameSchema).optional().describe("Contacts for this one"),
  except: oneOrMany(nameSchema).optional().describe("Services that it leaves out"),
});

/** The alerts that are there without writing any; the table is compile/pack/pack.ts. */
export const packSchema = z.strictObject({
  enabled: z.boolean().optional().describe("false: none of them"),
  off: z.array(idSchema).optional().describe("Ids of the alerts that are not wanted"),
  tell: oneOrMany(nameSchema)
    .optional()
    .describe("Contacts for all of them; without it the routes decide"),
  change: z
    .record(z.string(), changeSchema)
    .meta({ propertyNames: { anyOf: [{ enum: PACK.map(({ id }) => id) }, {}] } })
    .optional()
    .describe("Other amounts, times, severities or contacts, by id"),
});
export type PackSpec = z.output<typeof packSchema>;
