import { parseDuration } from "@sightline/core";
import { z } from "zod";

/** `30s`, `5m`, `2h`, `7d`; given in milliseconds. */
export const durationSchema = z
  .string({ error: explain })
  .transform((text, context) => {
    const result = parseDuration(text);
    if (result.status === "ok") return result.millis;
    context.addIssue({ code: "custom", message: result.message, input: text });
    return z.NEVER;
  })
  .meta({
    description: "A duration: 30s, 5m, 2h, 7d",
    pattern: "^\\s*(?:\\d+(?:\\.\\d+)?(?:ms|[smhdw]))+\\s*$",
  });

/** Of what is no text; a bare number is what people write most. */
function explain({ input }: { readonly input?: unknown }): string | undefined {
  return typeof input === "number"
    ? `expected a duration with a unit, such as ${input}m or ${input}s, got the number ${input}`
    : undefined;
}
