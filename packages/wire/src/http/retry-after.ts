/**
 * How long the receiver asks us to wait, in milliseconds from `nowUnixMillis`, never negative.
 * Takes both forms of RFC 9110 §10.2.3, seconds and HTTP date; anything else is undefined.
 */
export function parseRetryAfter(
  value: string | undefined,
  nowUnixMillis: number,
): number | undefined {
  const text = value?.trim();
  if (!text) return undefined;
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  // Date.parse takes many strange texts ("-5" is a year); an HTTP date starts with a day's name.
  if (!/^[A-Za-z]{3,9},? /.test(text)) return undefined;
  const unixMillis = Date.parse(text);
  return Number.isNaN(unixMillis) ? undefined : Math.max(0, unixMillis - nowUnixMillis);
}
