import { z } from "zod";
import { SEVERITIES } from "./alerts.ts";
import { durationSchema } from "./duration.ts";
import { nameSchema, oneOrMany } from "./text.ts";

/** The alerts that are there without writing any; the table is compile/pack/pack.ts. */
export const packSchema = z.strictObject({
  enabled: z.boolean().optional(),
  off: z.array(z.string()).optional().describe("Ids of the alerts that are not wanted"),
  tell: oneOrMany(nameSchema).optional(),
  change: z
    .record(
      z.string(),
      z.strictObject({
        amount: z.string().optional().describe("Another threshold, in the unit of the alert"),
        for: durationSchema.optional(),
        severity: z.enum(SEVERITIES).optional(),
        tell: oneOrMany(nameSchema).optional(),
      }),
    )
    .optional(),
});
export type PackSpec = z.output<typeof packSchema>;
