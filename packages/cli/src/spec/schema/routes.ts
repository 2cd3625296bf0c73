import { z } from "zod";
import { durationSchema } from "./duration.ts";
import { nameSchema, oneOrMany } from "./text.ts";

/** A fragment of the one tree. Where several match, the first that does not `continue` wins. */
export const routeSchema = z.strictObject({
  name: nameSchema.optional(),
  match: z
    .union([
      z.record(z.string(), z.union([z.string(), z.array(z.string()).min(1)])),
      z.array(z.string()),
    ])
    .describe(
      '{severity: critical}, {severity: [critical, warning]}, or matchers: ["severity=~\\"critical|warning\\""]',
    ),
  tell: oneOrMany(nameSchema),
  group_by: z.array(z.string()).optional(),
  group_wait: durationSchema.optional(),
  group_interval: durationSchema.optional(),
  repeat_interval: durationSchema.optional(),
  mute: oneOrMany(nameSchema).optional().describe("Mute timings"),
  active: oneOrMany(nameSchema).optional(),
  continue: z.boolean().optional(),
  priority: z.number().int().optional().describe("Lower comes first; 100 without it"),
});
export type RouteSpec = z.output<typeof routeSchema>;

const intervalSchema = z.strictObject({
  times: z
    .array(z.string().regex(/^\d{2}:\d{2}-\d{2}:\d{2}$/, "expected times such as 22:00-06:00"))
    .optional(),
  weekdays: z.array(z.string()).optional(),
  days_of_month: z.array(z.union([z.string(), z.number()])).optional(),
  months: z.array(z.union([z.string(), z.number()])).optional(),
  years: z.array(z.union([z.string(), z.number()])).optional(),
});
export const muteTimingSchema = z.strictObject({
  name: nameSchema,
  intervals: z.array(intervalSchema).min(1),
  timezone: z.string().optional().describe("Europe/Berlin; UTC without it"),
});
export type MuteTimingSpec = z.output<typeof muteTimingSchema>;

export const messageTemplateSchema = z.strictObject({
  name: nameSchema,
  text: z.string().min(1).describe("Go template, as Alertmanager and Grafana read it"),
});
export type MessageTemplateSpec = z.output<typeof messageTemplateSchema>;

/** "These labels at this time reach these contacts"; run by `sightline test`. */
export const routeTestSchema = z.strictObject({
  name: nameSchema.optional(),
  labels: z.record(z.string(), z.string()),
  at: z.string().optional().describe("RFC 3339; now without it"),
  reaches: z.array(nameSchema).describe("Contacts; [] where nobody is told"),
});
export type RouteTestSpec = z.output<typeof routeTestSchema>;
