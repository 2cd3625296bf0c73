import { GATEWAY_APP_DEFAULTS } from "@sightline/core";
import { z } from "zod";
import { APP_KEY } from "../app-key.ts";
import { describeValue } from "../describe-value.ts";
import { findOriginProblem } from "../origin.ts";
import { sizeBetween } from "./size.ts";

const keySchema = z
  .string()
  .regex(APP_KEY, 'expected a key of 8 to 64 letters, digits, "_" and "-"')
  .describe("Public: it is in the page. It says which app sends, and is no secret");

const originSchema = z.string().check(
  z.superRefine((text, context) => {
    const problem = findOriginProblem(text);
    if (problem === undefined) return;
    context.addIssue({
      code: "custom",
      message: `expected an origin such as "https://shop.example.org", got ${describeValue(text)}: ${problem}`,
    });
  }),
);

const routeSchema = z
  .string()
  .regex(/^\/[^?#\s]{0,1000}$/, 'expected the route of a page, such as "/orders/:id"');

const { maxRequestsPerMinute, maxSameErrorsPerMinute } = GATEWAY_APP_DEFAULTS;

/** A web application whose pages send; becomes `apps` of gateway.json. */
export const appSchema = z.strictObject({
  name: z
    .string()
    .regex(
      /^[a-z0-9][a-z0-9._-]{0,62}$/,
      'expected a name of small letters, digits, ".", "_" and "-", such as "shop-web"',
    )
    .describe("service.name of what its pages send; not that of the server behind it"),
  key: keySchema.optional().describe("What its pages send with"),
  keys: z
    .array(keySchema)
    .min(1)
    .max(100)
    .optional()
    .describe("Several, while one takes the place of another"),
  origins: z
    .array(originSchema)
    .max(1_000)
    .default([])
    .describe("Whose pages may send: exact, https://shop.example.org. None without it"),
  enabled: z
    .boolean()
    .optional()
    .describe("false: requests are answered and counted, and nothing is kept; true without it"),
  limits: z
    .strictObject({
      requests_per_minute: z
        .number()
        .int()
        .min(1)
        .max(1_000_000)
        .optional()
        .describe(`From one address; ${maxRequestsPerMinute} without it`),
      size_per_minute: sizeBetween("1KiB", "1TiB")
        .optional()
        .describe("Of all its pages together; 60MB without it"),
      same_errors_per_minute: z
        .number()
        .int()
        .min(1)
        .max(1_000_000)
        .optional()
        .describe(
          `Occurrences of one error that become lines, the rest is counted; ${maxSameErrorsPerMinute} without it`,
        ),
    })
    .optional(),
  routes: z
    .array(routeSchema)
    .max(1_000)
    .optional()
    .describe("Addresses of pages are counted by these: /orders/:id; first match"),
});
export type AppSpec = z.output<typeof appSchema>;
