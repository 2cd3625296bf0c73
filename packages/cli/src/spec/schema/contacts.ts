import { z } from "zod";
import { nameSchema } from "./text.ts";

/**
 * Whom to tell: a name, and for each way its address or its settings. The table of ways is
 * compile/contacts/integrations.ts, which also makes this schema.
 */
export const contactSchema = z.looseObject({ name: nameSchema });
export type ContactSpec = z.output<typeof contactSchema>;
