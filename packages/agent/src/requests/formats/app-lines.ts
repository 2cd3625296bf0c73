import { parseDuration, toSeconds } from "../durations.ts";
import { ASP_NET_LINE } from "./asp-net.ts";
import { HAPROXY_LINE } from "./haproxy.ts";
import type { LineFormat } from "./line-format.ts";
import { millisOf, ofRequestLine, toLine } from "./matched-line.ts";

const METHOD = "(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|TRACE|CONNECT|QUERY)";
const ADDRESS = "[\\da-fA-F:.[\\]]{2,48}";
const DATE = "\\d{2}/[A-Z][a-z]{2}/\\d{4}:\\d{2}:\\d{2}:\\d{2}";

/**
 * Access lines of frameworks that are not in the common format, and of HAProxy. Where nothing but a
 * method, a target and a status is in a line, the target is a path: with a whole URL it is more
 * likely a call to somebody else.
 */
export const APP_FORMATS: readonly LineFormat[] = [
  {
    name: "gin",
    writer: "other",
    mayBe: (head) => head.startsWith("[GIN] "),
    parse: (text) => {
      const found = GIN.exec(text);
      return found
        ? toLine(found[3], found[4], found[1], parseDuration(found[2] ?? ""))
        : undefined;
    },
  },
  {
    name: "fiber",
    writer: "other",
    mayBe: (head) => head.startsWith(" | ", 8),
    parse: (text) => {
      const found = FIBER.exec(text);
      return found
        ? toLine(found[3], found[4], found[1], parseDuration(found[2] ?? ""))
        : undefined;
    },
  },
  {
    name: "chi",
    writer: "other",
    mayBe: (_, text) => text.endsWith("s") && /B in \S{2,24}$/.test(text.slice(-32)),
    parse: (text) => {
      const found = CHI.exec(text);
      return found ? ofRequestLine(found[1], found[2], parseDuration(found[3] ?? "")) : undefined;
    },
  },
  {
    name: "morgan, koa or Next.js",
    writer: "other",
    mayBe: (head) => startsWithMethod(head),
    parse: (text) => {
      const found = MORGAN.exec(text);
      if (found === null) return undefined;
      const millis = found[4] ?? found[5];
      const seconds = millis === undefined ? parseDuration(found[6] ?? "") : millisOf(millis);
      return toLine(found[1], found[2], found[3], seconds);
    },
  },
  {
    name: "morgan (short)",
    writer: "other",
    mayBe: (_, text) => text.endsWith(" ms"),
    parse: (text) => {
      const found = MORGAN_SHORT.exec(text);
      return found ? toLine(found[1], found[2], found[3], millisOf(found[4] ?? "")) : undefined;
    },
  },
  {
    name: "uvicorn",
    writer: "uvicorn",
    mayBe: (head) => head.includes(' - "'),
    parse: (text) => {
      const found = UVICORN.exec(text);
      return found ? ofRequestLine(found[1], found[2], undefined) : undefined;
    },
  },
  {
    name: "actix",
    writer: "other",
    mayBe: (_, text) => endsWithDigit(text) && /" \d{1,6}\.\d{6}$/.test(text.slice(-16)),
    parse: (text) => {
      const found = ACTIX.exec(text);
      return found
        ? ofRequestLine(found[1], found[2], toSeconds(Number(found[3]), "s"))
        : undefined;
    },
  },
  {
    name: "Rails (lograge)",
    writer: "other",
    mayBe: (head) => head.includes("method=") && head.includes(" path="),
    parse: (text) => {
      const found = LOGRAGE.exec(text);
      if (found === null || !/ (?:controller|format)=/.test(text.slice(0, 4_096))) return undefined;
      return toLine(found[1], found[2], found[3], millisOf(found[4] ?? ""));
    },
  },
  ASP_NET_LINE,
  {
    name: "Serilog",
    writer: "other",
    mayBe: (head, text) => text.endsWith(" ms") && head.includes("HTTP "),
    parse: (text) => {
      const found = SERILOG.exec(text);
      return found ? toLine(found[1], found[2], found[3], millisOf(found[4] ?? "")) : undefined;
    },
  },
  {
    name: "PHP-FPM",
    writer: "PHP-FPM",
    mayBe: (head, text) =>
      endsWithDigit(text) && /" \d{3}$/.test(text.slice(-5)) && head.includes(" - "),
    parse: (text) => {
      const found = PHP_FPM.exec(text);
      return found ? ofRequestLine(found[1], found[2], undefined) : undefined;
    },
  },
  {
    name: "PHP (built-in server)",
    writer: "PHP",
    mayBe: (head) => head.startsWith("[") && head.includes("]: "),
    parse: (text) => {
      const found = PHP_SERVER.exec(text);
      return found ? toLine(found[2], found[3], found[1], undefined) : undefined;
    },
  },
  HAPROXY_LINE,
];

// All anchored; every repetition is bounded, or ends at a character that it does not take.
const GIN = new RegExp(
  `^\\[GIN\\] \\d{4}/\\d\\d/\\d\\d - \\d\\d:\\d\\d:\\d\\d \\| {1,3}(\\d{3}) {1,3}\\| {0,16}([\\d.a-zµμ]{2,24}) {0,8}\\| {0,48}\\S{1,64} {0,8}\\| {0,3}${METHOD} {1,10}"([^"]*)"`,
);
const FIBER = new RegExp(
  `^\\d\\d:\\d\\d:\\d\\d \\| {1,3}(\\d{3}) {1,3}\\| {0,16}([\\d.a-zµμ]{2,24}) {0,8}\\| {0,48}\\S{1,64} {0,8}\\| {0,3}${METHOD} {0,10}\\| (/\\S{0,8191})`,
);
const CHI =
  /^(?:\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d )?(?:\[[^\]]{1,200}\] )?"([^"]*)" from \S{2,64} - (\d{3}) \d{1,15}B in (\S{2,24})$/;
const MORGAN = new RegExp(
  `^(?: {0,2}--> | {0,2}xxx | {0,2})${METHOD} (/\\S{0,8191}) (\\d{3}|-) (?:(?:\\d{1,15}|-) - ([\\d.]{1,16}|-) ms|([\\d.]{1,16}|-) ms - (?:\\d{1,15}|-)|(?:in )?(\\d{1,9}(?:\\.\\d{1,6})?m?s)(?: [\\d.]{1,12}[kmg]?b| -|)(?: \\([^)]{1,200}\\))?)$`,
);
const MORGAN_SHORT = new RegExp(
  `^${ADDRESS} \\S{1,64} ${METHOD} (/\\S{0,8191}) HTTP/[\\d.]{1,3} (\\d{3}) (?:\\d{1,15}|-) - ([\\d.]{1,16}) ms$`,
);
const UVICORN = new RegExp(
  `^(?:(?:[^"]{0,80}uvicorn\\.access[^"]{0,24} |INFO: {1,8})?${ADDRESS}:\\d{1,5} |INFO: {1,8})- "([^"]*)" (\\d{3})(?: [A-Za-z' -]{2,40})?$`,
);
const ACTIX = new RegExp(
  `^(?:\\[[^\\]]{1,160}\\] )?${ADDRESS} "([^"]*)" (\\d{3}) \\d{1,15} "[^"]*" "[^"]*" (\\d{1,6}\\.\\d{6})$`,
);
const LOGRAGE =
  /^(?:[^=]{0,120} -- : )?(?:\[[^\]]{1,64}\] ?){0,4}method=([A-Z]{1,16}) path=(\/\S{0,8191}) (?:[\w.]{1,32}=\S{0,256} {1,4}){0,12}?status=(\d{3}) (?:[\w.]{1,32}=\S{0,256} {1,4}){0,12}?duration=([\d.]{1,16})(?: |$)/;
const SERILOG = new RegExp(
  `^(?:\\[[^\\]]{1,64}\\] ?|[^"]{0,64}\\[INF\\] )HTTP "?${METHOD}"? "?(/[^\\s"]{0,8191})"? responded (\\d{3}) in ([\\d.]{1,16}) ms$`,
);
const PHP_FPM = new RegExp(`^${ADDRESS} - {1,2}\\S{0,64} ?${DATE} [+-]\\d{4} "([^"]*)" (\\d{3})$`);
const PHP_SERVER = new RegExp(
  `^\\[[A-Z][a-z]{2} [A-Z][a-z]{2} [ \\d]\\d \\d\\d:\\d\\d:\\d\\d \\d{4}\\] ${ADDRESS}:\\d{1,5} \\[(\\d{3})\\]: ${METHOD} (/\\S{0,8191})`,
);

function endsWithDigit(text: string): boolean {
  const code = text.charCodeAt(text.length - 1);
  return code >= 48 && code <= 57;
}

const METHOD_START = new RegExp(`^(?: {0,2}--> | {0,2}xxx | {0,2})${METHOD} `);

function startsWithMethod(text: string): boolean {
  const code = text.charCodeAt(0);
  const couldBe = (code >= 65 && code <= 90) || code === 32 || code === 120 || code === 45;
  return couldBe && METHOD_START.test(text);
}
