/** The loggers whose lines can be taken; see `StartOptions.loggers`. */
export const LOGGERS = ["winston", "pino", "console"] as const;
export type LoggerName = (typeof LOGGERS)[number];

export function isLoggerName(value: unknown): value is LoggerName {
  return (LOGGERS as readonly unknown[]).includes(value);
}

/**
 * All loggers but those of `OTEL_NODE_DISABLED_INSTRUMENTATIONS`, a list separated by commas. Its
 * counterpart `OTEL_NODE_ENABLED_INSTRUMENTATIONS` does not count here: a list that was written for
 * HTTP and databases must not silence the logs.
 */
export function chooseLoggers(disabled: string | undefined): readonly LoggerName[] {
  const without = new Set((disabled ?? "").split(",").map((name) => name.trim()));
  return LOGGERS.filter((name) => !without.has(name));
}
