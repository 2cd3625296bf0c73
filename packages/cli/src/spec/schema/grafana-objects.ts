import { z } from "zod";
import { secretSchema } from "../reference.ts";

const uidSchema = z
  .string()
  .regex(/^[a-zA-Z0-9_-]{1,40}$/, "expected a uid: letters, digits, - and _, at most 40");

const folderSchema = z.strictObject({
  uid: uidSchema,
  title: z.string().min(1),
  parentUid: uidSchema.optional(),
});

const ruleSchema = z
  .looseObject({
    uid: uidSchema,
    title: z.string().min(1).max(190),
    folderUID: uidSchema,
    ruleGroup: z.string().min(1).max(190),
    interval: z
      .number()
      .int()
      .positive()
      .multipleOf(10)
      .describe("Of the group, in seconds; multiples of 10"),
    data: z.array(z.record(z.string(), z.unknown())).min(1),
  })
  .describe("As GET /api/v1/provisioning/alert-rules answers it, and the interval of its group");

const contactPointSchema = z.strictObject({
  uid: uidSchema,
  name: z.string().min(1),
  type: z.string().min(1),
  settings: z.record(z.string(), z.unknown()).default({}),
  secure: z
    .record(z.string(), secretSchema)
    .optional()
    .describe(
      "Secret settings by their path: {url: ${env:SLACK_URL}}. Where it cannot be resolved, Grafana keeps the one it has",
    ),
  disableResolveMessage: z.boolean().optional(),
});

const muteTimingSchema = z.strictObject({
  name: z.string().min(1),
  time_intervals: z.array(z.record(z.string(), z.unknown())),
});

const templateSchema = z.strictObject({ name: z.string().min(1), template: z.string() });

const dashboardSchema = z.strictObject({
  file: z.string().min(1).describe("Classic dashboard JSON, relative to this file"),
  folderUid: uidSchema.optional(),
});

/**
 * Objects in the words of Grafana's own HTTP API, kept exactly as they are: what `sightline import`
 * writes, and what this file has no words for. They are named by their uid, so nothing marks them as
 * ours: no label is added, our routes do not take them, `--prune` never deletes one.
 */
export const grafanaObjectsSchema = z.strictObject({
  folders: z.array(folderSchema).default([]),
  rules: z.array(ruleSchema).default([]),
  contact_points: z.array(contactPointSchema).default([]),
  mute_timings: z.array(muteTimingSchema).default([]),
  templates: z.array(templateSchema).default([]),
  dashboards: z.array(dashboardSchema).default([]),
});
export type GrafanaObjectsSpec = z.output<typeof grafanaObjectsSchema>;
