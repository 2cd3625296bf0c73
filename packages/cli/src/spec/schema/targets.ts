import { z } from "zod";
import { secretSchema } from "../reference.ts";
import { nameSchema } from "./text.ts";

const grafanaSchema = z.strictObject({
  url: z.url(),
  token: secretSchema.optional().describe("Service account token"),
  org_id: z.number().int().positive().optional(),
  folder: z.string().optional().describe("Sightline without it"),
  datasources: z
    .strictObject({
      prometheus: z.string().optional(),
      loki: z.string().optional(),
      tempo: z.string().optional(),
    })
    .optional()
    .describe("uids, where they are not sightline-prometheus, sightline-loki and sightline-tempo"),
  editable: z
    .boolean()
    .optional()
    .describe("People may edit what was applied in Grafana's pages; no without it"),
});

/** Where it is applied. Without any, there is one: `local`, the stack of this machine. */
export const targetSchema = z.strictObject({
  name: nameSchema,
  grafana: grafanaSchema.optional(),
  stack: z
    .strictObject({ data: z.string().optional().describe("SIGHTLINE_DATA of that stack") })
    .optional()
    .describe("Prometheus, the Loki ruler and Alertmanager of a stack on this machine"),
  environment: nameSchema.optional().describe("Only alerts of this deployment.environment.name"),
  variables: z
    .record(z.string(), z.string())
    .optional()
    .describe("Replace ${var:name} in the texts of this file"),
});
export type TargetSpec = z.output<typeof targetSchema>;

export const urlsSchema = z.strictObject({
  grafana: z.url().optional(),
  alertmanager: z.url().optional(),
  runbooks: z
    .url()
    .optional()
    .describe("Where the pages of docs/runbooks are; the id of the alert is put behind it"),
  status: z.url().optional(),
});

export const smtpSchema = z.strictObject({
  host: z.string().regex(/^[^\s:]+:\d{1,5}$/, "expected host:port"),
  from: z.string(),
  username: z.string().optional(),
  password: secretSchema.optional(),
  require_tls: z.boolean().optional().describe("true without it"),
  hello: z.string().optional(),
});
