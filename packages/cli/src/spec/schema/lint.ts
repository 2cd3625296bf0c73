import { z } from "zod";
import { CHECK_IDS } from "../../lint/checks.ts";

/** Any text is taken here: `sightline lint` says which check was most likely meant. Editors complete those of the table. */
const checkSchema = z.string().meta({ anyOf: [{ enum: CHECK_IDS }, {}] });

export const lintSchema = z.strictObject({
  off: z
    .array(checkSchema)
    .optional()
    .describe("Checks that are not wanted, by the names that lint prints: [promql-counter]"),
});
