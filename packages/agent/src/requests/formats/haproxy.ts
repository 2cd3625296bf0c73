import { type AccessResult, NO_REQUEST, parseRequestLine, parseStatus } from "../access-line.ts";
import { toSeconds } from "../durations.ts";
import type { LineFormat } from "./line-format.ts";

export const HAPROXY_LINE: LineFormat = {
  name: "HAProxy",
  writer: "other",
  // A long line is cut, and has no closing quote.
  mayBe: (head) => /\.\d{3}\] \S{1,128} \S{1,256}\/\S/.test(head),
  parse: parseHaproxy,
};

const ADDRESS = "[\\da-fA-F:.]{2,48}";
const DATE = "\\d{2}/[A-Z][a-z]{2}/\\d{4}:\\d{2}:\\d{2}:\\d{2}\\.\\d{3}";
const HAPROXY = new RegExp(
  `^(?:[^"]{0,120}haproxy\\[\\d{1,9}\\]: )?${ADDRESS}:\\d{1,5} \\[${DATE}\\] (\\S{1,128}) \\S{1,256}/\\S{1,128} (?:-?\\d{1,9}/){4}\\+?(-?\\d{1,9}) (-?\\d{1,3}) \\+?\\d{1,15} \\S{1,64} \\S{1,64} \\S{4} (?:[\\d+]{1,10}/){4}[\\d+]{1,10} \\d{1,9}/\\d{1,9} (?:\\{[^}"]{0,2000}\\} ){0,2}"([^"]*)"?$`,
);

/** Source: HAProxy configuration manual, "HTTP log format". */
function parseHaproxy(text: string): AccessResult {
  const found = HAPROXY.exec(text);
  if (found === null) return undefined;
  const [, frontend = "", millis = "", status = "", requestLine = ""] = found;
  const request = parseRequestLine(requestLine);
  if (request === undefined) return NO_REQUEST;
  const code = parseStatus(status);
  const seconds = toSeconds(Number(millis), "ms");
  return {
    ...request,
    ...(code === undefined ? {} : { status: code }),
    ...(seconds === undefined ? {} : { seconds }),
    scheme: frontend.endsWith("~") ? "https" : "http",
  };
}
