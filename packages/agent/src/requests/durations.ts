/** Longer is a clock that jumped, or a mistake in a format. */
const MAX_SECONDS = 86_400;

/** Divided by, not multiplied with: 4211 / 1e6 is 0.004211, and 4211 * 1e-6 is not. */
const PER_SECOND = { ns: 1e9, us: 1e6, µs: 1e6, μs: 1e6, ms: 1e3, s: 1 };
export type TimeUnit = keyof typeof PER_SECOND;

/** Seconds, or undefined for what no request can take: negative, not a number, over a day. */
export function toSeconds(value: number, unit: TimeUnit): number | undefined {
  const seconds = value / PER_SECOND[unit];
  return seconds >= 0 && seconds <= MAX_SECONDS ? seconds : undefined;
}

const GO_DURATION =
  /^(?:(\d{1,5})h)?(?:(\d{1,5})m(?!s))?(?:(\d{1,12}(?:\.\d{1,12})?)(ns|us|µs|μs|ms|s))?$/;

/** A duration with its unit, as Go prints it: `12ms`, `1.5s`, `1m3.2s`, `850µs`. */
export function parseDuration(text: string): number | undefined {
  const found = text === "" ? null : GO_DURATION.exec(text);
  if (found === null) return undefined;
  const [, hours = "0", minutes = "0", rest = "0", unit = "s"] = found;
  const seconds = Number(rest) / PER_SECOND[unit as TimeUnit];
  return toSeconds(Number(hours) * 3_600 + Number(minutes) * 60 + seconds, "s");
}
