import { KINDS, SEVERITY_RANGES } from "@sightline/core";
import { z } from "zod";
import { durationSchema } from "../../spec/schema/duration.ts";
import { nameSchema, oneOrMany } from "../../spec/schema/text.ts";
import { parseSeriesValues } from "./series-values.ts";
import { parseSpan, parseTimes } from "./times.ts";

/** Where data comes from that does not say it. */
export const DEFAULT_ENVIRONMENT = "production";
export const DEFAULT_HOST = "test-host";

/** Loki's store of a test begins a year before, so that queries may look back. */
const EARLIEST_MILLIS = Date.parse("1972-01-01T00:00:00Z");

const timeText = z.union([z.string(), z.literal(0).transform(() => "0")]);

const timesSchema = oneOrMany(timeText)
  .transform((texts, context): number[] =>
    texts.flatMap((text) => {
      const times = parseTimes(text);
      if (times.status === "ok") return [...times.millis];
      context.addIssue({ code: "custom", message: times.message, input: texts });
      return [];
    }),
  )
  .describe("After the start: 5m · 1m..6m every 30s · [1m, 2m]");

const timeSchema = timeText
  .transform((text, context): number => {
    const span = parseSpan(text);
    if (span.status === "ok" && span.fromMillis === span.toMillis) return span.fromMillis;
    const message = span.status === "invalid" ? span.message : `"${text}" is no single time`;
    context.addIssue({ code: "custom", message, input: text });
    return z.NEVER;
  })
  .describe("After the start: 0m, 90s, 5m");

const spanSchema = timeText
  .transform((text, context) => {
    const span = parseSpan(text);
    if (span.status === "ok" && span.everyMillis === undefined) return span;
    const message =
      span.status === "invalid" ? span.message : `"${text}": requests have a rpm and no step`;
    context.addIssue({ code: "custom", message, input: text });
    return z.NEVER;
  })
  .describe("From one time to another: 0m..20m");

const fieldValue = z.union([z.string(), z.number(), z.boolean()]).transform(String);

export const lineSchema = z.strictObject({
  service: nameSchema,
  text: oneOrMany(z.string()).describe("The line; of several each is sent at every time"),
  at: timesSchema,
  count: z.number().int().min(1).max(10_000).optional().describe("This many at each time; 1"),
  severity: z
    .string()
    .refine((text) => (SEVERITY_RANGES as readonly string[]).includes(text.toUpperCase()), {
      error: "expected trace, debug, info, warn, error or fatal",
    })
    .optional(),
  fields: z
    .record(z.string().regex(/^[A-Za-z_]/, "expected a name that begins with a letter"), fieldValue)
    .optional()
    .describe("Fields beside the line"),
  kind: z.enum(KINDS).optional().describe("log without it"),
  environment: nameSchema.optional(),
  host: nameSchema.optional(),
});

const seriesSchema = z.strictObject({
  series: z.string().min(1).describe('metric{label="value"}'),
  // Only texts: without quotes 0x9 is a number to YAML, and not ten zeros.
  values: z
    .string()
    .transform((text, context) => {
      const values = parseSeriesValues(text);
      if (values.status === "ok") return values.tokens;
      context.addIssue({ code: "custom", message: values.message, input: text });
      return z.NEVER;
    })
    .describe("0+60x10 · 1 2 3 · _x3 (no sample) · stale"),
  every: durationSchema.optional().describe("Between two samples; 1m without it"),
});

const requestsSchema = z.strictObject({
  service: nameSchema,
  rpm: z.number().min(0).max(1_000_000).describe("Requests a minute"),
  at: spanSchema.optional().describe("From one time to another; the whole case without it"),
  duration: durationSchema.optional().describe("100ms without it"),
  status: z.number().int().min(100).max(599).optional().describe("200 without it"),
  method: z.string().optional(),
  route: z.string().optional(),
  environment: nameSchema.optional(),
  host: nameSchema.optional(),
});

const textCheckSchema = z.union([
  z.string(),
  z.strictObject({ contains: oneOrMany(z.string().min(1)) }),
]);

const expectSchema = z.strictObject({
  at: timeSchema,
  state: z.enum(["normal", "pending", "firing", "no data", "error"]),
  labels: z.record(z.string(), fieldValue).optional(),
  count: z.number().int().min(0).optional().describe("How many alerts are in this state"),
  message: z
    .record(z.string(), textCheckSchema)
    .optional()
    .describe(
      "summary, description, line or another annotation: its whole text, or {contains: ...}. contains: in any of them",
    ),
  tells: z
    .union([z.array(nameSchema), nameSchema.transform((name) => [name])])
    .optional()
    .describe("The contacts that are told; [] for none"),
});

export const testSchema = z.strictObject({
  name: nameSchema,
  alert: nameSchema.describe("Name of the alert: of yours, of the default pack, of an SLO"),
  start: z
    .string()
    .refine((text) => Date.parse(text) >= EARLIEST_MILLIS, {
      error: "expected a time such as 2026-01-05T09:00:00Z, from 1972 on",
    })
    .optional()
    .describe("When 0m is; 2026-01-05T00:00:00Z (a Monday) without it"),
  lines: z.array(lineSchema).default([]),
  series: z.array(seriesSchema).default([]),
  requests: z.array(requestsSchema).default([]),
  expect: z.array(expectSchema).min(1),
});

export const testFileSchema = z.strictObject({ tests: z.array(testSchema).min(1) });

export type TestSpec = z.output<typeof testSchema>;
export type LineSpec = z.output<typeof lineSchema>;
