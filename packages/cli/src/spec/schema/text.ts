import { z } from "zod";

/** A name that people read: shown in messages, so anything but control characters. */
export const nameSchema = z
  .string()
  .trim()
  .min(1)
  .max(190)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is refused.
  .regex(/^[^\u0000-\u001f\u007f]*$/, "expected no line breaks or control characters");

/** One or several: `tell: ops` and `tell: [ops, chat]`. */
export function oneOrMany<T extends z.ZodType>(item: T) {
  return z
    .union([item, z.array(item).min(1)])
    .transform((given) => (Array.isArray(given) ? given : [given]) as z.output<T>[]);
}
