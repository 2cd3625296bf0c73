const DAY_MILLIS = 86_400_000;
/** The last moment that RFC 3339 can write. */
const MAX_MILLIS = 253_402_300_799_999;

/**
 * RFC 3339 in UTC, `2026-11-20T08:12:03.123Z`, by arithmetic: this package has no `Date`. Days to
 * a date as in https://howardhinnant.github.io/date_algorithms.html#civil_from_days
 */
export function formatUtc(unixMillis: number): string {
  const millis = Math.min(Math.max(Math.floor(unixMillis) || 0, 0), MAX_MILLIS);
  const days = Math.floor(millis / DAY_MILLIS);
  const time = millis % DAY_MILLIS;
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1_460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const leaps = Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100);
  const dayOfYear = dayOfEra - (365 * yearOfEra + leaps);
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1;
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  const date = `${digits(year, 4)}-${digits(month, 2)}-${digits(day, 2)}`;
  const hours = digits(Math.floor(time / 3_600_000), 2);
  const minutes = digits(Math.floor(time / 60_000) % 60, 2);
  const seconds = digits(Math.floor(time / 1_000) % 60, 2);
  return `${date}T${hours}:${minutes}:${seconds}.${digits(time % 1_000, 3)}Z`;
}

function digits(value: number, length: number): string {
  return String(value).padStart(length, "0");
}
