/**
 * Severity numbers of OpenTelemetry: four steps in each of six ranges, higher is worse.
 * Source: https://opentelemetry.io/docs/specs/otel/logs/data-model/#field-severitynumber
 */
export const SEVERITY = {
  TRACE: 1,
  TRACE2: 2,
  TRACE3: 3,
  TRACE4: 4,
  DEBUG: 5,
  DEBUG2: 6,
  DEBUG3: 7,
  DEBUG4: 8,
  INFO: 9,
  INFO2: 10,
  INFO3: 11,
  INFO4: 12,
  WARN: 13,
  WARN2: 14,
  WARN3: 15,
  WARN4: 16,
  ERROR: 17,
  ERROR2: 18,
  ERROR3: 19,
  ERROR4: 20,
  FATAL: 21,
  FATAL2: 22,
  FATAL3: 23,
  FATAL4: 24,
} as const;

/** Short name of a severity, as OpenTelemetry displays it: `INFO`, `ERROR2`, … */
export type SeverityName = keyof typeof SEVERITY;

/** 1 (TRACE) to 24 (FATAL4). 0, "unspecified", is not in it: see `inferSeverity`. */
export type SeverityNumber = (typeof SEVERITY)[SeverityName];

/** The six ranges, which is what people filter by. */
export const SEVERITY_RANGES = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"] as const;
export type SeverityRange = (typeof SEVERITY_RANGES)[number];

const NAMES = Object.keys(SEVERITY) as SeverityName[];

/**
 * Short name of a severity number.
 *
 * @param number 1 to 24; anything else, 0 included, answers `UNSPECIFIED`.
 */
export function severityNumberToText(number: number): SeverityName | "UNSPECIFIED" {
  return NAMES[number - 1] ?? "UNSPECIFIED";
}

/** Range of a severity number (`ERROR3` → `ERROR`), or undefined outside 1 to 24. */
export function severityRange(number: number): SeverityRange | undefined {
  return SEVERITY_RANGES[Math.floor((number - 1) / 4)];
}
