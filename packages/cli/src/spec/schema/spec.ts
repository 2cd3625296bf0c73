import { z } from "zod";
import { agentSchema } from "./agent.ts";
import { alertSchema } from "./alerts.ts";
import { appSchema } from "./apps.ts";
import { contactSchema } from "./contacts.ts";
import { gatewaySchema } from "./gateway.ts";
import { grafanaObjectsSchema } from "./grafana-objects.ts";
import { lintSchema } from "./lint.ts";
import { packSchema } from "./pack.ts";
import { probeSchema } from "./probes.ts";
import { recordSchema } from "./records.ts";
import { messageTemplateSchema, muteTimingSchema, routeSchema, routeTestSchema } from "./routes.ts";
import { serviceSchema } from "./services.ts";
import { sloSchema } from "./slos.ts";
import { smtpSchema, targetSchema, urlsSchema } from "./targets.ts";

/** sightline.yaml: the one source of its types, of the validation and of the published JSON Schema. */
export const specSchema = z.strictObject({
  services: z.array(serviceSchema).default([]),
  contacts: z.array(contactSchema).default([]),
  smtp: smtpSchema.optional(),
  routes: z.array(routeSchema).default([]),
  mute_timings: z.array(muteTimingSchema).default([]),
  templates: z.array(messageTemplateSchema).default([]),
  alerts: z.array(alertSchema).default([]),
  default_alerts: packSchema.default({}),
  default_dashboards: z
    .boolean()
    .default(true)
    .describe("Sightline's own dashboards; true without it"),
  records: z.array(recordSchema).default([]),
  grafana: grafanaObjectsSchema.optional(),
  slos: z.array(sloSchema).default([]),
  probes: z.array(probeSchema).default([]),
  route_tests: z.array(routeTestSchema).default([]),
  targets: z.array(targetSchema).default([]),
  urls: urlsSchema.default({}),
  lint: lintSchema.default({}),
  apps: z.array(appSchema).default([]),
  agent: agentSchema.default({}),
  gateway: gatewaySchema.default({}),
  dashboards: z
    .array(z.string())
    .default([])
    .describe("Files of dashboard JSON of your own, or globs"),
  project: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,30}$/)
    .optional()
    .describe("Marks what is ours in a Grafana; the folder's name without it"),
});

export type Spec = z.output<typeof specSchema>;
