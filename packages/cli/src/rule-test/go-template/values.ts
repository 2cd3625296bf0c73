import { formatPlain, formatShortest } from "./numbers.ts";

/**
 * A value of a template. A plain number is a float64; `undefined` is what a map does not have.
 * Maps and structs are objects.
 */
export type GoValue =
  | undefined
  | null
  | string
  | number
  | boolean
  | GoInt
  | GoTime
  | GoFigure
  | readonly GoValue[]
  | GoObject;

export interface GoObject {
  readonly [name: string]: GoValue;
}

/** An int: Go compares it with no float64. */
export class GoInt {
  readonly value: number;
  constructor(value: number) {
    this.value = value;
  }
}

/** time.Time in UTC. */
export class GoTime {
  readonly millis: number;
  constructor(millis: number) {
    this.millis = millis;
  }
}

/** An entry of Grafana's `$values`: fields Labels and Value, and printed it is the number. */
export class GoFigure {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  constructor(labels: Readonly<Record<string, string>>, value: number) {
    this.labels = labels;
    this.value = value;
  }
}

/** What `{{ if }}` takes for true. */
export function isTruth(value: GoValue): boolean {
  if (value === undefined || value === null || value === "" || value === false) return false;
  if (typeof value === "number") return value !== 0;
  if (value instanceof GoInt) return value.value !== 0;
  if (value instanceof GoTime || value instanceof GoFigure) return true;
  if (Array.isArray(value)) return value.length > 0;
  return typeof value !== "object" || Object.keys(value).length > 0;
}

/** As `{{ }}` and `%v` print it. */
export function printValue(value: GoValue): string {
  if (value === undefined) return "<no value>";
  if (value === null) return "<nil>";
  if (typeof value === "number") return formatShortest(value);
  if (typeof value === "string" || typeof value === "boolean") return String(value);
  if (value instanceof GoInt) return String(value.value);
  if (value instanceof GoFigure) return formatPlain(value.value);
  if (value instanceof GoTime)
    return `${formatTime(value, "2006-01-02 15:04:05.999999999")} +0000 UTC`;
  if (Array.isArray(value)) return `[${value.map(printValue).join(" ")}]`;
  const entries = Object.entries(value as GoObject).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `map[${entries.map(([name, inner]) => `${name}:${printValue(inner)}`).join(" ")}]`;
}

const MONTHS =
  "January February March April May June July August September October November December";
const WEEKDAYS = "Sunday Monday Tuesday Wednesday Thursday Friday Saturday";
const LAYOUT =
  /2006|January|Jan|01|02|_2|15|03|04|05|\.0+|\.9+|Monday|Mon|PM|MST|Z07:00|-0700|-07:00/g;

/** time.Time.Format, of a time in UTC. https://pkg.go.dev/time#Layout */
export function formatTime(time: GoTime, layout: string): string {
  const date = new Date(time.millis);
  const two = (number: number): string => String(number).padStart(2, "0");
  const fraction = (digits: number): string =>
    String(date.getUTCMilliseconds()).padStart(3, "0").padEnd(digits, "0").slice(0, digits);
  return layout.replaceAll(LAYOUT, (part) => {
    if (part.startsWith(".0")) return `.${fraction(part.length - 1)}`;
    if (part.startsWith(".9")) return `.${fraction(part.length - 1)}`.replace(/\.?0+$/, "");
    switch (part) {
      case "2006":
        return String(date.getUTCFullYear());
      case "January":
        return MONTHS.split(" ")[date.getUTCMonth()] ?? "";
      case "Jan":
        return (MONTHS.split(" ")[date.getUTCMonth()] ?? "").slice(0, 3);
      case "Monday":
        return WEEKDAYS.split(" ")[date.getUTCDay()] ?? "";
      case "Mon":
        return (WEEKDAYS.split(" ")[date.getUTCDay()] ?? "").slice(0, 3);
      case "01":
        return two(date.getUTCMonth() + 1);
      case "02":
        return two(date.getUTCDate());
      case "_2":
        return String(date.getUTCDate()).padStart(2, " ");
      case "15":
        return two(date.getUTCHours());
      case "03":
        return two(date.getUTCHours() % 12 || 12);
      case "04":
        return two(date.getUTCMinutes());
      case "05":
        return two(date.getUTCSeconds());
      case "PM":
        return date.getUTCHours() < 12 ? "AM" : "PM";
      case "MST":
        return "UTC";
      case "Z07:00":
        return "Z";
      default:
        return part === "-0700" ? "+0000" : "+00:00";
    }
  });
}
