/**
 * What stands in front of a line and tells whose it is: `[worker-1] `, `web-2  | `, a logger's time
 * and thread. Lines with the same key belong to the same thread or process.
 */
export interface Lane {
  /** Without the time, which differs from line to line. Empty: nothing tells lines apart. */
  readonly key: string;
  /** Where the line's own text starts. */
  readonly bodyStart: number;
  /** A time stands in front: a logger wrote this line as a record of its own. */
  readonly stamped: boolean;
}

const NO_LANE: Lane = { key: "", bodyStart: 0, stamped: false };

const TIME = /\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?/.source;
const ZONE = /(?: ?(?:Z|UTC|GMT|[+-]\d\d:?\d\d))?/.source;
const STAMP = new RegExp(
  `(?:[A-Z], )?\\[?(?:${[
    `\\d{4}[-/.]\\d\\d[-/.]\\d\\d(?:[T ]|, )${TIME}${ZONE}`,
    `\\d{1,2}[-/ ](?:[A-Z][a-z]{2}|\\d{1,2})[-/ ]\\d{4}(?:[T: ]|, )\\d?\\d:\\d\\d:\\d\\d(?: [AP]M)?${ZONE}`,
    "[A-Z][a-z]{2} \\d{1,2}, \\d{4} \\d{1,2}:\\d\\d:\\d\\d [AP]M",
    `(?:[A-Z][a-z]{2} )?[A-Z][a-z]{2} [ \\d]?\\d \\d\\d:\\d\\d:\\d\\d(?:\\.\\d{1,9})?(?: \\d{4})?`,
    `${TIME}`,
    "[IWEF]\\d{4} \\d\\d:\\d\\d:\\d\\d\\.\\d{1,9}",
  ].join("|")})(?: #\\d{1,9})?[\\]:,]{0,2}(?=[\\s|]|$)`,
  "y",
);

const LEVEL =
  /(?:TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|FATAL|CRITICAL|SEVERE|ERR|trace|debug|info|warn|warning|error|fatal|critical):?/
    .source;
/** The pieces of a logger's header behind the time, one at a time. */
const HEADER_PIECE = new RegExp(
  `[ \\t]{1,10}(?:${[
    "\\[[^\\]\\n]{0,80}\\]:?",
    "\\([^)\\n]{0,80}\\):?",
    LEVEL,
    "\\d{1,10}",
    "[-|]{1,3}(?=[ \\t])",
    // Threads by their usual names.
    "[\\w.$@/-]{1,60}[-_#]\\d{1,9}|main|MainThread",
    // syslog: host and program.
    "[\\w.-]{1,64} [\\w./-]{1,64}\\[\\d{1,9}\\]:",
    // The logger, unless it is an exception that the message starts with.
    "(?![\\w.$]{0,120}(?:Error|Exception):)[\\w.$@/#:-]{1,120}(?::| {1,40}[-:|](?=[ \\t]))",
  ].join("|")})(?=[ \\t]|$)`,
  "y",
);
const MAX_HEADER_PIECES = 10;

const BRACKET =
  /(?:\[|\((?!node:))(?=[^\])]{0,60}\d)[\w.:#/@-]{1,40}(?: [\w.:#/@-]{1,20})?[\])](?::? (?=\S)| | ?$)|\[[A-Za-z][\w.:#/@-]{0,60}\] /y;
const TAG = /[A-Za-z][\w.@/-]{0,60}(?:(?<=[-_#.]\d{1,8}): ?| {0,20}\|(?: |$))/y;

export function laneOf(text: string): Lane {
  const code = text.charCodeAt(0);
  if (code === 0x20 || code === 0x09 || text === "") return NO_LANE;
  return stampedLane(text, code) ?? tagLane(text, code) ?? NO_LANE;
}

function stampedLane(text: string, code: number): Lane | undefined {
  if (!canStartStamp(code)) return undefined;
  STAMP.lastIndex = 0;
  if (!STAMP.test(text)) return undefined;
  const stampEnd = STAMP.lastIndex;
  let end = stampEnd;
  for (let count = 0; count < MAX_HEADER_PIECES; count++) {
    HEADER_PIECE.lastIndex = end;
    if (!HEADER_PIECE.test(text)) break;
    const piece = text.slice(end, HEADER_PIECE.lastIndex);
    end = HEADER_PIECE.lastIndex;
    if (endsHeader(piece, count)) break;
  }
  return {
    key: text.slice(stampEnd, end),
    bodyStart: Math.min(end + 1, text.length),
    stamped: true,
  };
}

/** After these the message starts, whatever it looks like. */
function endsHeader(piece: string, count: number): boolean {
  return /:$|[^\s|-] {1,40}[-|]$/.test(piece) || (piece === " -" && count > 0);
}

function canStartStamp(code: number): boolean {
  return (code >= 0x30 && code <= 0x39) || code === 0x5b || (code >= 0x41 && code <= 0x5a);
}

function tagLane(text: string, code: number): Lane | undefined {
  const pattern = code === 0x5b || code === 0x28 ? BRACKET : TAG;
  pattern.lastIndex = 0;
  if (!pattern.test(text)) return undefined;
  const end = pattern.lastIndex;
  return { key: text.slice(0, end).trimEnd(), bodyStart: end, stamped: false };
}
