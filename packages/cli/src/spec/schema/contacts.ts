import { z } from "zod";
import type { Integration } from "../../compile/contacts/integration.ts";
import { INTEGRATIONS } from "../../compile/contacts/integrations.ts";
import type { SettingValue } from "../../compile/model.ts";
import { nameSchema } from "./text.ts";

/** One way of a contact: its settings by their names, and what every way has. */
export type WaySpec = Readonly<Record<string, SettingValue | undefined>>;

/** Fields of every way, beside those of its own. */
const COMMON = {
  send_resolved: z.boolean().optional().describe("Tell also that it is over; yes without it"),
  title: nameSchema.optional().describe("Name of one of `templates`, for the title"),
  message: nameSchema.optional().describe("Name of one of `templates`, for the text"),
  uid: z
    .string()
    .regex(/^[a-zA-Z0-9_-]{1,40}$/, "expected up to 40 letters, digits, - and _")
    .optional()
    .describe("Grafana's uid, where it must keep the one it has"),
};

function waySchema(row: Integration) {
  const own = Object.entries(row.fields).map(([name, { schema, isRequired }]) => [
    name,
    isRequired ? schema : schema.optional(),
  ]);
  const long = z.strictObject({ ...Object.fromEntries(own), ...COMMON });
  const { schema } = row.fields[row.short] as { readonly schema: z.ZodType };
  const alone = Object.entries(row.fields).every(
    ([name, { isRequired }]) => name === row.short || !isRequired,
  );
  const short = schema.transform((value) => ({ [row.short]: value }));
  const one = alone ? z.union([short, long]) : long;
  return z
    .union([one, z.array(one).min(1)])
    .transform((given) => (Array.isArray(given) ? given : [given]) as readonly WaySpec[])
    .describe(row.title);
}

const ways = Object.fromEntries(INTEGRATIONS.map((row) => [row.type, waySchema(row).optional()]));

/**
 * Whom to tell: a name, and for each way its address or its settings; several ways are allowed. The
 * table of ways is compile/contacts/integrations.ts.
 */
export const contactSchema = z.strictObject({ name: nameSchema, ...ways });
export type ContactSpec = { readonly name: string } & {
  readonly [way: string]: readonly WaySpec[] | string | undefined;
};
