import { z } from "zod";
import { durationSchema } from "./duration.ts";

/** A query whose answer is kept as a metric of its own: what long windows and dashboards read. */
export const recordSchema = z.strictObject({
  metric: z
    .string()
    .regex(
      /^[a-zA-Z_:][a-zA-Z0-9_:]*$/,
      'expected the name of a metric, like "job:requests:rate5m"',
    )
    .describe("Name of the metric, by custom level:metric:operations"),
  promql: z.string().min(1).optional(),
  logql: z.string().min(1).optional(),
  every: durationSchema.optional().describe("1m without it; whole multiples of 10s"),
  labels: z.record(z.string(), z.string()).optional(),
});
export type RecordSpec = z.output<typeof recordSchema>;
