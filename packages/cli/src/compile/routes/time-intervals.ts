import type { MuteTiming } from "../model.ts";

type Interval = MuteTiming["intervals"][number];

/** An interval as the specification has it. */
export interface GivenInterval {
  readonly times?: readonly string[] | undefined;
  readonly weekdays?: readonly string[] | undefined;
  readonly days_of_month?: readonly (string | number)[] | undefined;
  readonly months?: readonly (string | number)[] | undefined;
  readonly years?: readonly (string | number)[] | undefined;
}

const WEEKDAYS = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];
const MONTHS = [
  "january",
  "february",
  "march",
  "april",
  "may",
  "june",
  "july",
  "august",
  "september",
  "october",
  "november",
  "december",
];

export interface Wrong {
  /** Below the interval: ["times", 0]. */
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/**
 * Intervals in Alertmanager's words. Times over midnight and weekdays over the end of the week, which
 * it refuses, become two.
 */
export function readInterval(
  given: GivenInterval,
  location: string | undefined,
): { readonly intervals: readonly Interval[]; readonly wrong: readonly Wrong[] } {
  const wrong: Wrong[] = [];
  const each = <T>(name: keyof GivenInterval, read: (text: string) => readonly T[] | string): T[] =>
    (given[name] ?? []).flatMap((value, index) => {
      const result = read(String(value).trim());
      if (typeof result !== "string") return [...result];
      wrong.push({ path: [name, index], message: `${result}, got ${JSON.stringify(value)}` });
      return [];
    });
  const times = each("times", readTimes);
  const weekdays = each("weekdays", readWeekdays);
  const base = {
    daysOfMonth: each("days_of_month", readDaysOfMonth),
    months: each("months", readMonths),
    years: each("years", readYears),
    location,
  };
  const fromMidnight = times.filter(({ isNextDay }) => isNextDay);
  if (
    fromMidnight.length > 0 &&
    base.daysOfMonth.length + base.months.length + base.years.length > 0
  ) {
    wrong.push({
      path: ["times"],
      message: "times over midnight go with weekdays alone; write two intervals",
    });
  }
  const sameDay = times.filter(({ isNextDay }) => !isNextDay);
  const plain = (from: typeof times) => from.map(({ start, end }) => ({ start, end }));
  const intervals: Interval[] = [];
  if (sameDay.length > 0 || times.length === 0) {
    intervals.push({ times: plain(sameDay), weekdays: toRanges(weekdays), ...base });
  }
  if (fromMidnight.length > 0) {
    const next = weekdays.map((day) => (day + 1) % 7);
    intervals.push({ times: plain(fromMidnight), weekdays: toRanges(next), ...base });
  }
  return { intervals, wrong };
}

interface Times {
  readonly start: string;
  readonly end: string;
  /** The part after midnight of times that go over it. */
  readonly isNextDay: boolean;
}

function readTimes(text: string): readonly Times[] | string {
  const [, start = "", end = ""] = /^(\d{2}:\d{2})-(\d{2}:\d{2})$/.exec(text) ?? [];
  const [from, to] = [toMinutes(start), toMinutes(end)];
  if (from === undefined || to === undefined || from === 1440) {
    return "expected times such as 22:00-06:00";
  }
  if (from === to) return "expected a start and an end that differ";
  if (from < to) return [{ start, end, isNextDay: false }];
  const evening = { start, end: "24:00", isNextDay: false };
  return to === 0 ? [evening] : [evening, { start: "00:00", end, isNextDay: true }];
}

function toMinutes(text: string): number | undefined {
  const [hours, minutes] = text.split(":").map(Number);
  if (hours === undefined || minutes === undefined || minutes > 59) return undefined;
  const all = hours * 60 + minutes;
  return all <= 1440 ? all : undefined;
}

function readWeekdays(text: string): readonly number[] | string {
  const [first, last = first] = text.toLowerCase().split(/\s*[:-]\s*/);
  const [from, to] = [first, last].map((word) => indexOf(WEEKDAYS, word));
  if (from === undefined || to === undefined || from < 0 || to < 0) {
    return "expected weekdays such as monday-friday or saturday";
  }
  const count = ((to - from + 7) % 7) + 1;
  return Array.from({ length: count }, (_, index) => (from + index) % 7);
}

/** By name or its first three letters. */
function indexOf(names: readonly string[], word: string | undefined): number {
  if (word === undefined || word.length < 3) return -1;
  return names.findIndex((name) => name === word || name.slice(0, 3) === word);
}

/** [1,2,3,6] → monday:wednesday, saturday. */
function toRanges(days: readonly number[]): readonly string[] {
  const sorted = [...new Set(days)].sort((a, b) => a - b);
  const ranges: [number, number][] = [];
  for (const day of sorted) {
    const last = ranges[ranges.length - 1];
    if (last !== undefined && last[1] === day - 1) last[1] = day;
    else ranges.push([day, day]);
  }
  return ranges.map(([from, to]) =>
    from === to ? (WEEKDAYS[from] as string) : `${WEEKDAYS[from]}:${WEEKDAYS[to]}`,
  );
}

function readDaysOfMonth(text: string): readonly string[] | string {
  const [, first, last = first] =
    /^(-?\d+)(?:(?:\s*:\s*|\s*-\s*(?=\d)|\s*\.\.\s*)(-?\d+))?$/.exec(text) ?? [];
  const [from, to] = [Number(first), Number(last)];
  const isDay = (day: number) => day !== 0 && Math.abs(day) <= 31;
  if (first === undefined || !isDay(from) || !isDay(to)) {
    return "expected days of the month such as 1:7, 15 or -1 (the last)";
  }
  const asPositive = (day: number) => (day < 0 ? 28 + day : day);
  if ((from < 0 && to > 0) || asPositive(from) > asPositive(to)) {
    return "expected a start that is not after the end";
  }
  return [from === to ? String(from) : `${from}:${to}`];
}

function readMonths(text: string): readonly string[] | string {
  const [first, last = first] = text.toLowerCase().split(/\s*[:-]\s*/);
  const [from = 0, to = 0] = [first, last].map((word) =>
    /^\d+$/.test(word ?? "") ? Number(word) : indexOf(MONTHS, word) + 1,
  );
  if (from < 1 || to < 1 || from > 12 || to > 12) {
    return "expected months such as june:august, 12 or december";
  }
  if (from <= to) return [from === to ? String(from) : `${from}:${to}`];
  return [from === 12 ? "12" : `${from}:12`, to === 1 ? "1" : `1:${to}`];
}

function readYears(text: string): readonly string[] | string {
  const [, first, last = first] = /^(\d{4})(?:\s*[:-]\s*(\d{4}))?$/.exec(text) ?? [];
  if (first === undefined || Number(first) > Number(last)) {
    return "expected years such as 2026 or 2026:2028";
  }
  return [first === last ? first : `${first}:${last}`];
}

export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    // Offsets such as +02:00 are known here and not to Go.
    return !/^[+-]/.test(name);
  } catch {
    return false;
  }
}
