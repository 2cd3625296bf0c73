import type { MuteTiming } from "../model.ts";

type Interval = MuteTiming["intervals"][number];

interface WallClock {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly weekday: number;
  readonly minute: number;
}

const WEEKDAYS = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];

/** Whether one of the intervals has this moment, as Alertmanager's timeinterval decides it. */
export function containsTime(timing: MuteTiming, atMillis: number): boolean {
  return timing.intervals.some((interval) => isInside(interval, atMillis));
}

function isInside(interval: Interval, atMillis: number): boolean {
  const zone = interval.location ?? "UTC";
  const clock = wallClock(atMillis, zone);
  const any = <T>(items: readonly T[], test: (item: T) => boolean) =>
    items.length === 0 || items.some(test);
  return (
    any(
      interval.times,
      ({ start, end }) => clock.minute >= minuteOf(start) && clock.minute < minuteOf(end),
    ) &&
    any(interval.daysOfMonth, (text) => isDayOfMonth(text, clock, zone)) &&
    any(interval.months, (text) => isBetween(text, clock.month)) &&
    any(interval.weekdays, (text) =>
      isBetween(
        text.replace(/[a-z]+/g, (name) => String(WEEKDAYS.indexOf(name))),
        clock.weekday,
      ),
    ) &&
    any(interval.years, (text) => isBetween(text, clock.year))
  );
}

function minuteOf(text: string): number {
  const [hours = 0, minutes = 0] = text.split(":").map(Number);
  return hours * 60 + minutes;
}

function boundsOf(text: string): readonly [number, number] {
  const [from = "", to = from] = text.split(":");
  return [Number(from), Number(to)];
}

function isBetween(text: string, value: number): boolean {
  const [from, to] = boundsOf(text);
  return value >= from && value <= to;
}

function isDayOfMonth(text: string, clock: WallClock, zone: string): boolean {
  const days = daysInMonth(clock, zone);
  const [from, to] = boundsOf(text).map((day) => (day < 0 ? days + day + 1 : day)) as [
    number,
    number,
  ];
  if (from > days) return false;
  const clamp = (day: number) => Math.min(Math.max(day, -days), days);
  return clock.day >= clamp(from) && clock.day <= clamp(to);
}

/**
 * Whole days between this month's first midnight and the next one's. A month that loses an hour to
 * summer time has one day less, because Alertmanager counts so.
 */
function daysInMonth({ year, month }: WallClock, zone: string): number {
  const start = Date.UTC(year, month - 1, 1);
  const end = Date.UTC(year, month, 1);
  const gained = offsetMillis(start, zone) - offsetMillis(end, zone);
  return Math.floor((end - start + gained) / 86_400_000);
}

/** What is added to UTC at the moment when clocks there show `wallMillis`. */
function offsetMillis(wallMillis: number, zone: string): number {
  let moment = wallMillis;
  // Twice, because the first guess may lie on the other side of a change.
  for (let round = 0; round < 2; round++) {
    const clock = wallClock(moment, zone);
    const shown = Date.UTC(clock.year, clock.month - 1, clock.day) + clock.minute * 60_000;
    moment += wallMillis - shown;
  }
  return wallMillis - moment;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function wallClock(atMillis: number, zone: string): WallClock {
  const format =
    formats.get(zone) ??
    new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      weekday: "long",
      hour: "numeric",
      minute: "numeric",
    });
  formats.set(zone, format);
  const parts = new Map(format.formatToParts(atMillis).map(({ type, value }) => [type, value]));
  const number = (type: Intl.DateTimeFormatPartTypes) => Number(parts.get(type));
  return {
    year: number("year"),
    month: number("month"),
    day: number("day"),
    weekday: WEEKDAYS.indexOf(parts.get("weekday")?.toLowerCase() ?? ""),
    minute: number("hour") * 60 + number("minute"),
  };
}
