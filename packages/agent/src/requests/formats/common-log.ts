import { type AccessResult, NO_REQUEST, parseRequestLine, parseStatus } from "../access-line.ts";
import { readExtraFields } from "./extra-fields.ts";
import type { LineFormat } from "./line-format.ts";
import { closingQuote } from "./tokens.ts";

/** `[10/Oct/2000:13:55:36 -0700]`, werkzeug's and Django's with a space, nginx's `$time_iso8601`, morgan's. */
const TIME =
  /\[(?:\d\d\/[A-Z][a-z]{2}\/\d{4}[: ]\d\d:\d\d:\d\d|\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d|[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d)[^\]"]{0,16}\]/;
/** A user's name and a list of proxies may stand before the time. */
const MAX_BEFORE_TIME = 512;

/**
 * The common and combined formats of nginx, Apache, Traefik, gunicorn, werkzeug, Django, Rack,
 * Tomcat, Jetty and morgan; a virtual host may stand before, and other fields behind them.
 */
export const COMMON_LOG: LineFormat = {
  name: "common or combined log",
  configured: "combined",
  writer: "nginx or Apache",
  mayBe: (head) => head.includes('] "'),
  parse: (text) => parseCommonLog(text, isUsualStart),
};

/** For a service whose format somebody named: whatever stands before the time. */
export function parseAnyCommonLog(text: string): AccessResult {
  return parseCommonLog(text, () => true);
}

function parseCommonLog(
  text: string,
  isStart: (words: readonly string[]) => boolean,
): AccessResult {
  const time = TIME.exec(text.slice(0, MAX_BEFORE_TIME));
  if (time === null) return undefined;
  const before = wordsBefore(text.slice(0, time.index));
  const quote = time.index + time[0].length + 1;
  if (text[quote] !== '"' || !isStart(before)) return undefined;
  const { end, tail } = findTail(text, quote);
  const status = parseStatus(tail?.[1] ?? "");
  if (tail === null || status === undefined) return undefined;
  const request = parseRequestLine(text.slice(quote + 1, end));
  if (request === undefined) return NO_REQUEST;
  const extra = readExtraFields(text.slice(end + tail[0].length));
  const host = extra.host ?? virtualHost(before);
  return { ...request, status, ...extra, ...(host === undefined ? {} : { host }) };
}

/** werkzeug writes a quote in a path as it is; a path with more of them is no path. */
const MAX_QUOTES = 8;

/** Status and length, behind the quote that ends the request line. */
function findTail(text: string, quote: number): { end: number; tail: RegExpExecArray | null } {
  let end = quote;
  let tail: RegExpExecArray | null = null;
  for (let tries = 0; tail === null && tries < MAX_QUOTES && end < text.length; tries += 1) {
    end = closingQuote(text, end + 1);
    tail = /^" (\d{3}) (\d{1,15}|-)(?= |$)/.exec(text.slice(end, end + 24));
  }
  return { end, tail };
}

function wordsBefore(text: string): readonly string[] {
  const trimmed = text.trim().replace(/^INFO:werkzeug:/, "");
  // `1.2.3.4, 10.0.0.1`: the proxies that a request came through are one word.
  return trimmed === "" ? [] : trimmed.replaceAll(", ", ",").split(/ {1,8}/);
}

const ADDRESS = /^(?:[\da-fA-F:.,]{2,200}|-|unix:|localhost|[\w-]{1,63}(?:\.[\w-]{1,63}){1,8})$/;
const VIRTUAL_HOST =
  /^(?:[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}(?::\d{1,5})?|[\w-]{1,63}:\d{1,5}|localhost|_)$/;
const NAME = /^[\w-]{1,64}$/;

/** Address, identity, user; before them maybe a virtual host; nothing at all in Django. */
function isUsualStart(words: readonly string[]): boolean {
  const [first = "", second = "", third = ""] = words;
  if (words.length === 0) return true;
  if (words.length === 3) return isAddress(first) && NAME.test(second);
  // PHP-FPM writes nothing where there is no user.
  if (words.length === 2) return isAddress(first) && second === "-";
  if (words.length < 4) return false;
  if (VIRTUAL_HOST.test(first) && isAddress(second) && NAME.test(third)) return words.length === 4;
  // A user's name may hold spaces.
  return isAddress(first) && second === "-" && words.length <= 8;
}

function isAddress(word: string): boolean {
  return ADDRESS.test(word);
}

function virtualHost(words: readonly string[]): string | undefined {
  const [first, second = ""] = words;
  const isHost = words.length === 4 && second !== "-" && isAddress(second);
  return isHost && first !== "_" ? first : undefined;
}
