/** A time as a line writes it. `digits` of its fraction of a second were there, 0 to 9. */
export interface LineTime {
  readonly seconds: number;
  readonly nanos: number;
  readonly digits: number;
}

/** How much of a line is looked at. */
const LOOKED_AT_CHARACTERS = 512;

interface Form {
  readonly pattern: RegExp;
  /** The match may start this far into the line, not later: a date in a message is not its time. */
  readonly maxStart: number;
  read(
    groups: Readonly<Record<string, string | undefined>>,
    readMillis: number,
  ): LineTime | undefined;
}

const CLOCK = "(?<hour>\\d\\d):(?<minute>\\d\\d):(?<second>\\d\\d)(?:[.,](?<fraction>\\d{1,9}))?";
const MONTH = "(?<month>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)";
const ISO =
  `(?<year>\\d{4})-(?<month>\\d\\d)-(?<day>\\d\\d)[T ]${CLOCK}` +
  "(?: ?(?<zone>Z|UTC|GMT|[+-]\\d\\d(?::?\\d\\d)?)(?![\\w:]))?";
const TIME_KEY = "(?:@timestamp|timestamp|datetime|time|ts|date)";

/** Known forms; the first that fits counts. Every pattern is linear: no repetition inside another. */
const JSON_FORMS: readonly Form[] = [
  { pattern: new RegExp(`"${TIME_KEY}" ?: ?"${ISO}`), maxStart: 480, read: readCalendar },
  {
    pattern: new RegExp(
      `"${TIME_KEY}" ?: ?"?(?<epoch>\\d{10,19})(?:\\.(?<fraction>\\d{1,9}))?(?!\\d)`,
    ),
    maxStart: 480,
    read: readEpoch,
  },
];

const FORMS: readonly Form[] = [
  ...JSON_FORMS,
  { pattern: new RegExp(`(?:^|[ ])${TIME_KEY}="?${ISO}`), maxStart: 100, read: readCalendar },
  { pattern: new RegExp(`(?<!\\d)${ISO}`), maxStart: 32, read: readCalendar },
  // Common Log Format: address, identity and user come first, and users may be long.
  {
    pattern: new RegExp(
      `\\[(?<day>\\d\\d)/${MONTH}/(?<year>\\d{4}):${CLOCK} (?<zone>[+-]\\d{4})\\]`,
    ),
    maxStart: 300,
    read: readCalendar,
  },
  // nginx's error log and Go's standard logger.
  {
    pattern: new RegExp(`(?<!\\d)(?<year>\\d{4})/(?<month>\\d\\d)/(?<day>\\d\\d) ${CLOCK}`),
    maxStart: 16,
    read: readCalendar,
  },
  // Apache's error log: [Mon Nov 23 08:38:16.123456 2026]
  {
    pattern: new RegExp(`\\[[A-Z][a-z]{2} ${MONTH} (?<day>[ \\d]?\\d) ${CLOCK} (?<year>\\d{4})\\]`),
    maxStart: 0,
    read: readCalendar,
  },
  // Redis: 1:M 23 Nov 2026 08:38:16.123
  {
    pattern: new RegExp(`(?<!\\d)(?<day>\\d{1,2}) ${MONTH} (?<year>\\d{4}) ${CLOCK}`),
    maxStart: 16,
    read: readCalendar,
  },
  // RFC 3164; it has no year.
  {
    pattern: new RegExp(`(?:<\\d{1,3}>)?${MONTH} (?<day>[ \\d]\\d) ${CLOCK}`),
    maxStart: 0,
    read: readWithoutYear,
  },
  {
    pattern: /\[?(?<epoch>\d{10}|\d{13}|\d{16}|\d{19})(?:\.(?<fraction>\d{1,9}))?(?![\w.])/,
    maxStart: 0,
    read: readEpoch,
  },
];

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const DAY_MILLIS = 86_400_000;

/**
 * The time that a line carries near its head; undefined where it has none in a known form. A time
 * without a zone is taken as the host's; one without a year as the last such day.
 */
export function parseLineTime(text: string, readMillis: number): LineTime | undefined {
  const head = text.length > LOOKED_AT_CHARACTERS ? text.slice(0, LOOKED_AT_CHARACTERS) : text;
  // Any other date in a JSON line is part of what it says.
  const forms = head.startsWith("{") ? JSON_FORMS : FORMS;
  for (const form of forms) {
    const match = form.pattern.exec(head);
    if (!match?.groups || match.index > form.maxStart) continue;
    const time = form.read(match.groups, readMillis);
    if (time) return time;
  }
  return undefined;
}

type Groups = Readonly<Record<string, string | undefined>>;

function readCalendar(groups: Groups): LineTime | undefined {
  return calendarTime(groups, Number(groups["year"]));
}

function readWithoutYear(groups: Groups, readMillis: number): LineTime | undefined {
  const year = new Date(readMillis).getFullYear();
  const time = calendarTime(groups, year);
  if (time && time.seconds * 1000 <= readMillis + DAY_MILLIS) return time;
  return calendarTime(groups, year - 1);
}

function calendarTime(groups: Groups, year: number): LineTime | undefined {
  const monthText = groups["month"] ?? "";
  const month = MONTHS.includes(monthText) ? MONTHS.indexOf(monthText) : Number(monthText) - 1;
  const [day, hour, minute, second] = [
    Number(groups["day"]),
    Number(groups["hour"]),
    Number(groups["minute"]),
    Number(groups["second"]),
  ];
  if (month < 0 || month > 11 || day < 1 || day > 31) return undefined;
  if (hour > 23 || minute > 59 || second > 60) return undefined;
  const offsetMinutes = zoneMinutes(groups["zone"]);
  const millis =
    offsetMinutes === undefined
      ? new Date(year, month, day, hour, minute, second).getTime()
      : Date.UTC(year, month, day, hour, minute, second) - offsetMinutes * 60_000;
  return Number.isFinite(millis)
    ? { seconds: Math.floor(millis / 1000), ...fractionOf(groups["fraction"]) }
    : undefined;
}

/** Undefined: the line says none. */
function zoneMinutes(zone: string | undefined): number | undefined {
  if (zone === undefined) return undefined;
  if (!/^[+-]/.test(zone)) return 0;
  const digits = zone.slice(1).replace(":", "");
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2) || 0);
  return zone.startsWith("-") ? -minutes : minutes;
}

/** Seconds, or milli-, micro- or nanoseconds by the count of digits. */
function readEpoch(groups: Groups): LineTime | undefined {
  const epoch = groups["epoch"] ?? "";
  if (![10, 13, 16, 19].includes(epoch.length)) return undefined;
  const fraction = epoch.slice(10) + (groups["fraction"] ?? "");
  return { seconds: Number(epoch.slice(0, 10)), ...fractionOf(fraction.slice(0, 9)) };
}

function fractionOf(text: string | undefined): { readonly nanos: number; readonly digits: number } {
  if (!text) return { nanos: 0, digits: 0 };
  return { nanos: Number(text.padEnd(9, "0")), digits: text.length };
}
