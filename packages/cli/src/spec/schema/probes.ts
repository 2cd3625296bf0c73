import { z } from "zod";
import { durationSchema } from "./duration.ts";
import { nameSchema, oneOrMany } from "./text.ts";

/** Asked from outside by the blackbox exporter. */
export const probeSchema = z.strictObject({
  name: nameSchema,
  // Exactly one of these.
  url: z.url().optional(),
  tcp: z
    .string()
    .regex(/^[^\s/]+:\d{1,5}$/, "expected host:port")
    .optional(),
  tls: z
    .string()
    .regex(/^[^\s/]+:\d{1,5}$/, "expected host:port")
    .optional(),
  module: z.string().optional().describe("Another module of blackbox.yml"),
  for: durationSchema.optional().describe("How long it must fail; 2m without it"),
  tell: oneOrMany(nameSchema).optional(),
});
export type ProbeSpec = z.output<typeof probeSchema>;
