import { z } from "zod";

/** The checks are rows of lint/checks.ts; they are checked by `sightline lint`, which has the table. */
export const lintSchema = z.strictObject({
  off: z
    .array(z.string())
    .optional()
    .describe("Checks that are not wanted, by the names that lint prints: [promql-counter]"),
});
