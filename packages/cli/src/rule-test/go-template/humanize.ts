import { formatGeneral } from "./numbers.ts";
import { GoTime, printValue } from "./values.ts";

/**
 * The number formats of Prometheus' templates, which Grafana has too (template/template.go,
 * common/helpers/templates/time.go).
 */
export const HUMANIZE: Readonly<Record<string, (value: number) => string>> = {
  humanize,
  humanize1024: (value) => {
    if (Math.abs(value) <= 1 || !Number.isFinite(value)) return formatGeneral(value, 4);
    return scaleUp(value, 1024, ["ki", "Mi", "Gi", "Ti", "Pi", "Ei", "Zi", "Yi"]);
  },
  humanizePercentage: (value) => `${formatGeneral(value * 100, 4)}%`,
  humanizeDuration,
  humanizeTimestamp,
};

const SMALL = ["m", "u", "n", "p", "f", "a", "z", "y"];

function humanize(value: number): string {
  if (value === 0 || !Number.isFinite(value)) return formatGeneral(value, 4);
  return Math.abs(value) >= 1
    ? scaleUp(value, 1000, ["k", "M", "G", "T", "P", "E", "Z", "Y"])
    : scaleDown(value);
}

function scaleUp(value: number, step: number, prefixes: readonly string[]): string {
  let scaled = value;
  let shown = "";
  for (const prefix of prefixes) {
    if (Math.abs(scaled) < step) break;
    shown = prefix;
    scaled /= step;
  }
  return formatGeneral(scaled, 4) + shown;
}

function scaleDown(value: number): string {
  let scaled = value;
  let shown = "";
  for (const prefix of SMALL) {
    if (Math.abs(scaled) >= 1) break;
    shown = prefix;
    scaled *= 1000;
  }
  return formatGeneral(scaled, 4) + shown;
}

function humanizeDuration(value: number): string {
  if (!Number.isFinite(value)) return formatGeneral(value, 4);
  if (value === 0) return "0s";
  if (Math.abs(value) < 1) return `${scaleDown(value)}s`;
  const sign = value < 0 ? "-" : "";
  const whole = Math.trunc(Math.abs(value));
  const seconds = whole % 60;
  const minutes = Math.trunc(whole / 60) % 60;
  const hours = Math.trunc(whole / 3600) % 24;
  const days = Math.trunc(whole / 86_400);
  if (days > 0) return `${sign}${days}d ${hours}h ${minutes}m ${seconds}s`;
  if (hours > 0) return `${sign}${hours}h ${minutes}m ${seconds}s`;
  if (minutes > 0) return `${sign}${minutes}m ${seconds}s`;
  return `${sign}${formatGeneral(Math.abs(value), 4)}s`;
}

function humanizeTimestamp(value: number): string {
  return Number.isFinite(value) ? printValue(toTime(value)) : formatGeneral(value, 4);
}

const MAX_INT64 = 2 ** 63;

/** By way of whole nanoseconds, as Prometheus does: 1767571200.25 is a millisecond less there. */
export function toTime(seconds: number): GoTime {
  const nanos = seconds * 1e9;
  if (!Number.isFinite(seconds)) throw new Error("toTime: value is NaN or Inf");
  if (Math.abs(nanos) >= MAX_INT64) throw new Error(`toTime: ${seconds} is too large for a time`);
  return new GoTime(Number(BigInt(Math.trunc(nanos)) / 1_000_000n));
}
