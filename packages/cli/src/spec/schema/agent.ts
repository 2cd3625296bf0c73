import { ACCESS_LOG_FORMATS, REDACTION_CATEGORIES, SHIP_MODES } from "@sightline/core";
import { z } from "zod";
import { durationSchema } from "./duration.ts";
import { sizeSchema } from "./size.ts";
import { nameSchema } from "./text.ts";

export const baseUrlSchema = z
  .url({ protocol: /^https?$/ })
  .regex(/^(?!.*\/v1\/(?:logs|metrics|traces)\/?$)/, "expected the base, without /v1/logs");

/** What carries a password in its value by what it is called. */
const SECRET_HEADER = /authorization|cookie|token|secret|api-?key/i;

export const headersSchema = z
  .record(z.string().regex(/^[\w!#$%&'*+.^`|~-]{1,100}$/), z.string())
  .check(
    z.superRefine((headers, context) => {
      for (const [name, value] of Object.entries(headers)) {
        if (!SECRET_HEADER.test(name) || /\$\{(?:env|file):[^{}]+\}/.test(value)) continue;
        context.addIssue({
          code: "custom",
          path: [name],
          // Without the value: it is the secret.
          message: "expected a reference, such as Bearer ${file:/etc/sightline/token}",
          params: { check: "secret-in-file" },
        });
      }
    }),
  );

export const absolutePathSchema = z
  .string()
  .regex(/^\/(?!.*(?:^|\/)\.\.(?:\/|$))/, "expected an absolute path");
const patternSchema = z.string().min(1).max(10_000);

/** What becomes agent.json; docs/agent.md says what each does. All of it may be left out. */
export const agentSchema = z.strictObject({
  host_name: z
    .string()
    .min(1)
    .max(255)
    .optional()
    .describe("SIGHTLINE_HOST, else Docker's, without it"),
  environment: nameSchema
    .optional()
    .describe("deployment.environment.name; of the target without it"),
  port: z.number().int().min(1).max(65_535).optional().describe("8718 without it"),
  otlp: z
    .strictObject({
      url: baseUrlSchema.optional().describe("Base of the collector's OTLP/HTTP endpoint"),
      headers: headersSchema.optional().describe("References in them are resolved by the agent"),
    })
    .optional(),
  docker: z
    .strictObject({
      url: z
        .string()
        .regex(/^(?:unix:\/\/\/|https?:\/\/)\S+$/, "expected unix:///path or http://host:port")
        .optional(),
      enabled: z.boolean().optional(),
      default_ship_mode: z.enum(SHIP_MODES).optional(),
      include: z.array(z.string().regex(/^[\w.*-]{1,255}$/)).optional(),
      exclude: z.array(z.string().regex(/^[\w.*-]{1,255}$/)).optional(),
      stats_interval: durationSchema.optional(),
    })
    .optional(),
  journal: z
    .strictObject({ folder: absolutePathSchema.optional(), max_size: sizeSchema.optional() })
    .optional()
    .describe("Where lines wait while the collector is away"),
  tail_lines: z.number().int().min(0).max(1_000).optional(),
  rate_limit: z
    .strictObject({
      lines_per_second: z.number().int().min(1).max(1_000_000).optional(),
      burst_lines: z.number().int().min(1).max(10_000_000).optional(),
    })
    .optional(),
  redaction: z
    .strictObject({
      allow_categories: z.array(z.enum(REDACTION_CATEGORIES)).optional(),
      deny_patterns: z.array(patternSchema).max(100).optional(),
      deny_keys: z.array(z.string().min(1)).optional(),
      allow_keys: z.array(z.string().min(1)).optional(),
    })
    .optional(),
  multiline: z.array(z.strictObject({ service: nameSchema, start: patternSchema })).optional(),
  files: z.array(z.strictObject({ glob: absolutePathSchema, service: nameSchema })).optional(),
  journald: z
    .array(
      z.strictObject({
        unit: z
          .string()
          .regex(/^[\w:.\\@-]{1,246}\.[a-z]{1,12}$/, 'expected a unit such as "api.service"'),
        service: nameSchema,
      }),
    )
    .optional(),
  access_logs: z
    .strictObject({
      formats: z
        .array(
          z.strictObject({
            service: nameSchema,
            format: z.enum(ACCESS_LOG_FORMATS),
            pattern: patternSchema.optional(),
          }),
        )
        .optional(),
      split: z
        .array(
          z
            .strictObject({
              from: nameSchema.optional(),
              host: z.string().min(1).optional(),
              path: z
                .string()
                .regex(/^\/[^?#\s]{0,1000}$/, 'expected a path such as "/api/"')
                .optional(),
              service: nameSchema,
            })
            .refine(({ host, path }) => host !== undefined || path !== undefined, {
              message: "expected a host or a path to split by, got neither",
            }),
        )
        .optional(),
      routes: z.record(z.string(), z.array(z.string().regex(/^\/[^?#\s]{0,1000}$/))).optional(),
      max_routes: z.number().int().min(1).max(10_000).optional(),
    })
    .optional(),
});
export type AgentSpec = z.output<typeof agentSchema>;
