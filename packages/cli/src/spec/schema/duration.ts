import { parseDuration } from "@sightline/core";
import { z } from "zod";

/** `30s`, `5m`, `2h`, `7d`; given in milliseconds. */
export const durationSchema = z
  .string()
  .transform((text, context) => {
    const result = parseDuration(text);
    if (result.status === "ok") return result.millis;
    context.addIssue({ code: "custom", message: result.message, input: text });
    return z.NEVER;
  })
  .describe("A duration: 30s, 5m, 2h, 7d");
