/** Outcome of {@link parseDuration}. */
export type DurationResult =
  | { readonly status: "ok"; readonly millis: number }
  | { readonly status: "invalid"; readonly message: string };

const UNIT_MILLIS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

// Largest first: the same order in which the parts of a duration must be written.
const UNITS_DESCENDING = ["w", "d", "h", "m", "s", "ms"] as const;

const WHOLE = /^(?:\d+(?:\.\d+)?(?:ms|[smhdw]))+$/;
const PART = /(\d+(?:\.\d+)?)(ms|[smhdw])/g;
const MAX_LENGTH = 40;
// Ten years; a longer span is a mistake, and Date cannot carry arbitrary ones.
const MAX_MILLIS = 3650 * 86_400_000;

/**
 * Parses a span of time as people write it: `90s`, `5m`, `1h30m`, `1.5h`, `7d`, `2w`, `500ms`.
 * Parts go from large to small, each unit once. At most ten years.
 */
export function parseDuration(text: string): DurationResult {
  const trimmed = text.trim();
  if (trimmed.length > MAX_LENGTH || !WHOLE.test(trimmed)) return invalid(trimmed);
  let millis = 0;
  let position = -1;
  for (const [, amount = "", unit = ""] of trimmed.matchAll(PART)) {
    const next = UNITS_DESCENDING.indexOf(unit as (typeof UNITS_DESCENDING)[number]);
    if (next <= position) return invalid(trimmed);
    position = next;
    millis += Number(amount) * (UNIT_MILLIS[unit] ?? 0);
  }
  if (millis > MAX_MILLIS) return invalid(trimmed);
  return { status: "ok", millis: Math.round(millis) };
}

function invalid(text: string): DurationResult {
  const shown = text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}…` : text;
  return {
    status: "invalid",
    message: `duration "${shown}": expected a number and a unit (ms, s, m, h, d, w), large to small and at most ten years; write for example 90s, 5m, 1h30m or 7d`,
  };
}

/**
 * A span of time in at most two units, for people: `850ms`, `1.5s`, `2m 5s`, `3h`, `7d 2h`.
 * Negative spans keep their sign; what is not finite gives `?`.
 */
export function formatDuration(millis: number): string {
  if (!Number.isFinite(millis)) return "?";
  if (millis < 0) return `-${formatDuration(-millis)}`;
  if (millis < 999.5) return `${Math.round(millis)}ms`;
  const tenths = Math.round(millis / 100);
  if (tenths < 100) return `${tenths / 10}s`;
  const seconds = Math.round(millis / 1000);
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3600) return twoUnits(seconds, 60, "m", "s");
  const minutes = Math.round(seconds / 60);
  if (minutes < 1440) return twoUnits(minutes, 60, "h", "m");
  return twoUnits(Math.round(seconds / 3600), 24, "d", "h");
}

function twoUnits(total: number, size: number, big: string, small: string): string {
  const rest = total % size;
  const head = `${Math.floor(total / size)}${big}`;
  return rest === 0 ? head : `${head} ${rest}${small}`;
}

const BYTE_UNITS = ["B", "kB", "MB", "GB", "TB", "PB"] as const;

/** A size for people, in steps of 1000 as disks are sold: `0 B`, `950 B`, `1.5 kB`, `12 MB`. */
export function formatBytes(bytes: number): string {
  if (!Number.isFinite(bytes)) return "?";
  if (bytes < 0) return `-${formatBytes(-bytes)}`;
  let value = bytes;
  let unit = 0;
  // Compare as it will be rounded, or 999,950 would print as "1000 kB".
  while (rounded(value) >= 1000 && unit < BYTE_UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? Math.round(value) : rounded(value)} ${BYTE_UNITS[unit]}`;
}

function rounded(value: number): number {
  return value < 10 ? Math.round(value * 10) / 10 : Math.round(value);
}
