import { z } from "zod";
import { durationSchema } from "./duration.ts";
import { nameSchema, oneOrMany } from "./text.ts";

/** Service level objective; becomes burn-rate alerts (Google SRE workbook, chapter 5). */
export const sloSchema = z.strictObject({
  name: nameSchema,
  service: nameSchema.optional(),
  target: z
    .string()
    .regex(/^\d{1,2}(\.\d{1,6})?%$/, 'expected a percentage below 100, like "99.9%"')
    .describe('"99.9%"'),
  over: durationSchema.optional().describe("30d without it"),
  // Exactly one of these says what is counted.
  availability: z.literal(true).optional().describe("Requests that were not answered 5xx"),
  latency: durationSchema
    .optional()
    .describe("Requests answered within this time; a bound of the histogram"),
  metric: z
    .strictObject({ errors: z.string(), total: z.string() })
    .optional()
    .describe("PromQL selectors of two counters"),
  log: z
    .strictObject({ bad: z.string(), total: z.string() })
    .optional()
    .describe("LogQL of the bad and of all lines"),
  tell: oneOrMany(nameSchema).optional(),
  ticket: oneOrMany(nameSchema)
    .optional()
    .describe("Whom the slow burns are told to; tell without it"),
});
export type SloSpec = z.output<typeof sloSchema>;
