import { z } from "zod";
import { describeValue } from "../describe-value.ts";
import { toBaseUnit } from "../units.ts";

const SIZE = /^(\d{1,15}(?:\.\d{1,6})?) ?([kKMGT]i?B|B)$/;

/** `256MB`, `1GiB`; given in bytes. */
export const sizeSchema = z
  .string({ error: ({ input }) => explain(input) })
  .transform((text, context): number => {
    const [, amount, unit] = SIZE.exec(text.trim()) ?? [];
    const size = amount && unit ? toBaseUnit(amount, unit) : undefined;
    const bytes = Number(size?.amount);
    if (Number.isSafeInteger(Math.round(bytes))) return Math.round(bytes);
    context.addIssue({ code: "custom", message: explain(text) });
    return z.NEVER;
  })
  .describe("A size: 512kB, 256MB, 1GiB");

/** The same within bounds, both included: `sizeBetween("1KiB", "16MiB")`. */
export function sizeBetween(min: string, max: string) {
  const [minBytes, maxBytes] = [sizeSchema.parse(min), sizeSchema.parse(max)];
  return sizeSchema.check(
    z.superRefine((bytes, context) => {
      if (bytes >= minBytes && bytes <= maxBytes) return;
      const message = `expected a size from ${min} to ${max}, got ${bytes.toLocaleString("en")} bytes`;
      context.addIssue({ code: "custom", message });
    }),
  );
}

function explain(input: unknown): string {
  return `expected a size with a unit, such as 256MB or 1GiB, got ${describeValue(input)}`;
}
