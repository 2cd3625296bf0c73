/** Seconds and nanoseconds since 1970, as OpenTelemetry's `HrTime`. Milliseconds would double lines. */
export type Time = readonly [seconds: number, nanos: number];

/** Any JSON value. Where reading goes on after a line; only the kind of source that made it reads it. */
export type Position = string | number | boolean | null | readonly Position[] | PositionObject;
interface PositionObject {
  readonly [key: string]: Position | undefined;
}

export type Stream = "stdout" | "stderr";

/** One line as its source wrote it: partials joined, no line end, valid UTF-8. */
export interface Line {
  readonly text: string;
  /** By the clock of the source. */
  readonly time: Time;
  readonly stream: Stream;
  readonly position: Position;
  /** Bytes that were cut off its end because it was too long; 0 for nearly all. */
  readonly cutBytes: number;
  /** What the source itself says of its weight, as syslog does: 0 (emergency) to 7 (debug). */
  readonly priority?: number;
}

export function toMillis(time: Time): number {
  return time[0] * 1000 + time[1] / 1e6;
}
