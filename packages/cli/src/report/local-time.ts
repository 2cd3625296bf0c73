/** `2026-11-20 05:51:02.123` in the reader's time zone. */
export function formatLocalTime(unixMillis: number): string {
  const date = new Date(unixMillis);
  if (Number.isNaN(date.getTime())) return "?";
  const local = new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString();
  return local.slice(0, 23).replace("T", " ");
}
