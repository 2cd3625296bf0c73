import { BlockList, isIP } from "node:net";
import { GATEWAY_ROLES, REDACTION_CATEGORIES } from "@sightline/core";
import { z } from "zod";
import { describeValue } from "../describe-value.ts";
import { absolutePathSchema, baseUrlSchema, headersSchema } from "./agent.ts";
import { sizeBetween } from "./size.ts";
import { nameSchema } from "./text.ts";

const networkSchema = z.string().check(
  z.superRefine((text, context) => {
    if (isNetwork(text)) return;
    context.addIssue({
      code: "custom",
      message: `expected an address or a network, such as "10.0.0.7" or "10.0.0.0/8", got ${describeValue(text)}`,
    });
  }),
);

function isNetwork(text: string): boolean {
  const [address = "", bits, ...rest] = text.split("/");
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return false;
  if (bits === undefined) return true;
  if (!/^\d{1,3}$/.test(bits) || Number(bits) > (version === 4 ? 32 : 128)) return false;
  new BlockList().addSubnet(address, Number(bits), version === 4 ? "ipv4" : "ipv6");
  return true;
}

const patternSchema = z
  .string()
  .min(1)
  .max(10_000)
  .check(
    z.superRefine((text, context) => {
      try {
        new RegExp(text, "u");
      } catch (error) {
        context.addIssue({
          code: "custom",
          message: `expected a regular expression, got ${describeValue(text)}: ${(error as Error).message}`,
        });
      }
    }),
  );

/** What becomes gateway.json; its apps are a section of their own. All of it may be left out. */
export const gatewaySchema = z.strictObject({
  roles: z
    .array(z.enum(GATEWAY_ROLES))
    .min(1)
    .optional()
    .describe("intake may run many times, desk exactly once; both without it"),
  environment: nameSchema
    .optional()
    .describe("deployment.environment.name; of the target without it"),
  host_name: z
    .string()
    .min(1)
    .max(255)
    .optional()
    .describe("SIGHTLINE_HOST, else the machine's own, without it"),
  port: z.number().int().min(1).max(65_535).optional().describe("8717 without it"),
  otlp_url: baseUrlSchema.optional().describe("Base of the collector's OTLP/HTTP endpoint"),
  otlp_headers: headersSchema.optional().describe("References in them are resolved by the gateway"),
  max_body_size: sizeBetween("1KiB", "16MiB")
    .optional()
    .describe("Of a request as it comes; more is refused. 1MiB without it"),
  max_inflated_size: sizeBetween("1KiB", "64MiB")
    .optional()
    .describe("Of a request after decompression. 4MiB without it"),
  max_depth: z
    .number()
    .int()
    .min(1)
    .max(64)
    .optional()
    .describe("Of nesting in a payload; 16 without it"),
  trusted_proxies: z
    .array(networkSchema)
    .max(1_000)
    .optional()
    .describe("Addresses and networks whose X-Forwarded-For is believed, beside this machine"),
  redaction: z
    .strictObject({
      allow_categories: z
        .array(z.enum(REDACTION_CATEGORIES))
        .optional()
        .describe("What stays readable"),
      deny_patterns: z
        .array(patternSchema)
        .max(100)
        .optional()
        .describe("Regular expressions of what is masked, too"),
    })
    .optional(),
  spool: z
    .strictObject({
      folder: absolutePathSchema.optional(),
      max_size: sizeBetween("1MiB", "1TiB").optional(),
    })
    .optional()
    .describe("Where records wait while the collector is away"),
  maps_folder: absolutePathSchema
    .optional()
    .describe("Of source maps; <SIGHTLINE_DATA>/gateway/maps without it"),
  map_cache_size: sizeBetween("1MiB", "16GiB")
    .optional()
    .describe("Memory of maps that are kept ready; 48MiB without it"),
});
