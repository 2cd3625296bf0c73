import { z } from "zod";
import { nameSchema } from "./text.ts";

/** What runs and is watched. `sightline init` fills it. */
export const serviceSchema = z.strictObject({
  name: nameSchema.describe(
    "service.name, as the lines have it: the Compose service, else the container's name",
  ),
  kind: z.string().optional().describe("service, database, proxy, cache, queue, ..."),
  language: z.string().optional(),
  runbook: z
    .url()
    .optional()
    .describe("A page of yours that says what to do; the messages link it"),
  owner: z
    .string()
    .optional()
    .describe("A contact; who is told about this service where an alert says nothing else"),
});
