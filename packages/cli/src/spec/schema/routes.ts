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
  tell: oneOrMany(nameSchema).describe("Contacts"),
  group_by: z
    .array(z.string())
    .optional()
    .describe('Labels that make one message; ["..."] is one message an alert'),
  group_wait: durationSchema.optional().describe("How long the first message of a group waits"),
  group_interval: durationSchema.optional().describe("Least time between two messages of a group"),
  repeat_interval: durationSchema
    .optional()
    .describe("When an alert that goes on is told again; 4h without it"),
  mute: oneOrMany(nameSchema).optional().describe("Mute timings in which nobody is told"),
  active: oneOrMany(nameSchema).optional().describe("Mute timings outside of which nobody is told"),
  continue: z
    .boolean()
    .optional()
    .describe(
      "Go on to the next routes. Such a route also adds its contacts to those that an alert names itself; without it, alerts with `tell` do not ask it",
    ),
  priority: z.number().int().optional().describe("Lower comes first; 100 without it"),
});

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

export const messageTemplateSchema = z.strictObject({
  name: nameSchema,
  text: z.string().min(1).describe("Go template, as Alertmanager and Grafana read it"),
});

/** "These labels at this time reach these contacts"; run by `sightline test`. */
export const routeTestSchema = z.strictObject({
  name: nameSchema.optional(),
  labels: z.record(z.string(), z.string()),
  at: z.string().optional().describe("RFC 3339; now without it"),
  reaches: z.array(nameSchema).describe("Contacts; [] where nobody is told"),
});
