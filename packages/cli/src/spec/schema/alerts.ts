import { KINDS } from "@sightline/core";
import { z } from "zod";
import { SIGNAL_NAMES } from "../../compile/alerts/signals.ts";
import { whenSchema } from "../when.ts";
import { durationSchema } from "./duration.ts";
import { nameSchema, oneOrMany } from "./text.ts";

export const SEVERITIES = ["critical", "warning", "info"] as const;
export type AlertSeverity = (typeof SEVERITIES)[number];

const logSchema = z.strictObject({
  service: oneOrMany(nameSchema).optional().describe("service.name; all services without it"),
  environment: nameSchema.optional(),
  host: nameSchema.optional(),
  kind: z.enum(KINDS).optional().describe("Which records; log without it"),
  contains: oneOrMany(z.string().min(1))
    .optional()
    .describe("Text in the line; several: any of them"),
  without: oneOrMany(z.string().min(1)).optional().describe("Text that must not be in the line"),
  matches: z.string().min(1).optional().describe("Regular expression (RE2) that the line matches"),
  severity: z
    .enum(["trace", "debug", "info", "warn", "error", "fatal"])
    .optional()
    .describe("This severity and worse"),
  fields: z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
    .optional()
    .describe('Fields of the line and their values; numbers may be compared: ">= 500"'),
  parse: z
    .enum(["json", "logfmt"])
    .optional()
    .describe(
      "Reads fields out of the text of each line; not needed for lines that Sightline's packages send",
    ),
  query: z
    .string()
    .min(1)
    .optional()
    .describe("LogQL that selects the lines, instead of all the above"),
});

const metricSchema = z.strictObject({
  service: oneOrMany(nameSchema).optional(),
  environment: nameSchema.optional(),
  host: nameSchema.optional(),
  signal: z
    .enum(SIGNAL_NAMES)
    .optional()
    .describe("A figure that has a name; what each means is in docs/signals.md"),
  route: z.string().optional().describe("http.route, with the signals of requests"),
  query: z
    .string()
    .min(1)
    .optional()
    .describe("PromQL that gives one number a series, instead of a signal"),
  over: durationSchema
    .optional()
    .describe("Window that rates and quantiles look at; 5m without it"),
});

/** `absent`: a source that went quiet, a metric that is gone. */
const absentSchema = z.strictObject({
  service: nameSchema.optional(),
  logs: z.literal(true).optional().describe("No line of the service"),
  metric: z
    .string()
    .optional()
    .describe("No sample of this metric (Prometheus name), or PromQL selector"),
});

const eventSchema = z.strictObject({ service: oneOrMany(nameSchema).optional() });

const newErrorSchema = z.strictObject({
  service: oneOrMany(nameSchema).optional(),
  unseen_for: durationSchema
    .optional()
    .describe("New is what did not come in this time before; 7d without it"),
});

export const alertSchema = z.strictObject({
  name: nameSchema,
  // Exactly one of these says what is looked at.
  log: logSchema.optional(),
  metric: metricSchema.optional(),
  absent: absentSchema.optional(),
  crash: eventSchema.optional().describe("A process or container died without being asked to"),
  new_error: newErrorSchema.optional().describe("An error that was never seen before"),
  promql: z
    .string()
    .min(1)
    .optional()
    .describe("A whole Prometheus alert expression, its condition included"),
  logql: z
    .string()
    .min(1)
    .optional()
    .describe("A whole Loki alert expression, its condition included"),
  grafana: z
    .strictObject({
      condition: z.string(),
      data: z.array(z.record(z.string(), z.unknown())).min(1),
      no_data: z.enum(["OK", "NoData", "Alerting", "KeepLast"]).optional(),
      on_error: z.enum(["OK", "Error", "Alerting", "KeepLast"]).optional(),
    })
    .optional()
    .describe("A rule that only Grafana can run, its queries as Grafana has them"),
  when: whenSchema
    .optional()
    .describe("more than 5 in 10m · above 1s for 5m · below 10% for 1h · none in 10m"),
  by: oneOrMany(nameSchema)
    .optional()
    .describe("One alert for each value of these labels or fields"),
  for: durationSchema.optional(),
  keep_firing_for: durationSchema.optional(),
  every: durationSchema
    .optional()
    .describe(
      "How often it is looked at, in whole multiples of 10s; without it 30s for lines, 1m for figures",
    ),
  severity: z.enum(SEVERITIES).optional().describe("warning without it"),
  tell: oneOrMany(nameSchema).optional().describe("Contacts; without it the routes decide"),
  message: z
    .string()
    .optional()
    .describe(
      "Text, in which {line}, {template}, {count}, {value}, {service}, {environment}, {host}, {release}, {users}, {first_seen}, {route}, {rpm}, {runbook} and {label:NAME} are filled in",
    ),
  summary: z
    .string()
    .optional()
    .describe("Title, in one line, with the same placeholders; made from the alert without it"),
  labels: z.record(z.string(), z.string()).optional(),
  annotations: z.record(z.string(), z.string()).optional(),
  runbook: z.url().optional(),
  uid: z
    .string()
    .regex(/^[a-zA-Z0-9_-]{1,40}$/)
    .optional()
    .describe("Where it must keep the one it has; else made from the name"),
  folder: z.string().optional().describe("Grafana folder; Sightline without it"),
  enabled: z.boolean().optional(),
});

export type AlertSpec = z.output<typeof alertSchema>;
export type LogSelector = z.output<typeof logSchema>;
export type MetricSelector = z.output<typeof metricSchema>;
