import type { Attributes } from "@sightline/core";

/**
 * One record of any kind (`log`, `error`, `crash`, `session`) as it leaves the process: redacted and
 * within the limits of the store. From here on nothing about it changes.
 */
export interface LineRecord {
  /** Unix milliseconds. Records of one millisecond are set apart by nanoseconds where they are encoded. */
  readonly timeUnixMillis: number;
  /** OpenTelemetry severity number, 1 to 24; 0 = none. */
  readonly severityNumber: number;
  /** The level as the logger wrote it; empty = none. */
  readonly severityText: string;
  readonly body: string;
  /** With `kind`. */
  readonly attributes: Attributes;
  /** 32 hexadecimal digits. */
  readonly traceId?: string | undefined;
  /** 16 hexadecimal digits. */
  readonly spanId?: string | undefined;
  /** 0 to 255. */
  readonly traceFlags?: number | undefined;
  /** Event name of OpenTelemetry, such as `app.crash`. */
  readonly eventName?: string | undefined;
}
