import { GATEWAY_ROLES } from "@sightline/core";
import { z } from "zod";
import { sizeSchema } from "./size.ts";
import { nameSchema } from "./text.ts";

/** What becomes gateway.json. All of it may be left out. */
export const gatewaySchema = z.strictObject({
  roles: z
    .array(z.enum(GATEWAY_ROLES))
    .min(1)
    .optional()
    .describe("intake may run many times, desk exactly once; both without it"),
  environment: nameSchema
    .optional()
    .describe("deployment.environment.name; of the target without it"),
  port: z.number().int().min(1).max(65_535).optional().describe("8717 without it"),
  otlp_url: z.url({ protocol: /^https?$/ }).optional(),
  max_body_size: sizeSchema.optional().describe("1MiB without it"),
  spool: z
    .strictObject({
      folder: z.string().startsWith("/").optional(),
      max_size: sizeSchema.optional(),
    })
    .optional(),
  maps_folder: z.string().startsWith("/").optional(),
});
export type GatewaySpec = z.output<typeof gatewaySchema>;
