import { findJsonLevel } from "./json-level.ts";
import { SEVERITY, type SeverityNumber, severityNumberToText } from "./severity.ts";
import { severityFromSyslogPriority, severityFromText } from "./severity-from-text.ts";

/** A severity, and what it rests on. */
export interface InferredSeverity {
  readonly severityNumber: SeverityNumber;
  /** As the line has it (`warn`, `E`), or the OpenTelemetry name where the line has no word for it. */
  readonly severityText: string;
  /**
   * `field`: a level by its key (JSON, logfmt). `token`: a level word where loggers put one.
   * `shape`: a form that says it (klog, a Go panic, a Python traceback). `default`: nothing was
   * found; the number is then INFO.
   */
  readonly source: "field" | "token" | "shape" | "default";
}

/** A logger writes its level near the start; further in it is prose. */
const MAX_HEAD = 240;
const MAX_FIELD_HEAD = 2048;

// Built from a string: a literal escape character in a regular expression is refused by the linter.
const ANSI_COLOUR = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]{0,12}m`, "g");

const LOGFMT =
  /(?:^|[\s,;|[{(])(?:level|lvl|severity|loglevel|log_level|log\.level|levelname)=["']?([A-Za-z]{1,13}(?:[+-]\d{1,2})?|[1-6]0)(?![\w.])/i;

/** Forms at the start of a line. The first that fits decides. */
const SHAPES: readonly { readonly pattern: RegExp; readonly severity: SeverityNumber }[] = [
  { pattern: /^(?:panic: |fatal error: |goroutine \d+ \[running\])/, severity: SEVERITY.FATAL },
  { pattern: /^thread '[^']{0,80}' (?:\(\d+\) )?panicked at /, severity: SEVERITY.FATAL },
  { pattern: /^(?:FATAL ERROR: |Segmentation fault)/, severity: SEVERITY.FATAL },
  {
    pattern: /^(?:[^[\n]{0,80} kernel: (?:\[[\d. ]{1,20}\] )?)?Out of memory: /,
    severity: SEVERITY.FATAL,
  },
  { pattern: /^Unhandled exception[.:] |^Stack overflow\.$/, severity: SEVERITY.FATAL },
  { pattern: /^runtime: goroutine stack exceeds /, severity: SEVERITY.FATAL },
  { pattern: /^<--- Last few GCs --->/, severity: SEVERITY.FATAL },
  { pattern: /^# A fatal error has been detected by /, severity: SEVERITY.FATAL },
  { pattern: /^Traceback \(most recent call last\)/, severity: SEVERITY.ERROR },
  { pattern: /^Exception in thread "/, severity: SEVERITY.ERROR },
  {
    pattern:
      /^(?:Uncaught |Unhandled |\[)?(?:[A-Za-z]\w{0,60}\.){0,8}[A-Z]\w{0,80}(?:Error|Exception|Rejection)(?::| \[|$)/,
    severity: SEVERITY.ERROR,
  },
  // PHP-FPM puts its own words and level before those of PHP.
  {
    pattern:
      /^(?:\[[^\]]{10,40}\] )?(?:[A-Z]{4,8}: )?(?:PHP message: )?(?:PHP )?(?:Fatal error|Parse error|Recoverable fatal error): /,
    severity: SEVERITY.FATAL,
  },
  {
    pattern:
      /^(?:\[[^\]]{10,40}\] )?(?:[A-Z]{4,8}: )?(?:PHP message: )?PHP (?:Warning|Deprecated): /,
    severity: SEVERITY.WARN,
  },
  {
    pattern: /^(?:\[[^\]]{10,40}\] )?(?:[A-Z]{4,8}: )?(?:PHP message: )?PHP Notice: /,
    severity: SEVERITY.INFO2,
  },
  // Erlang and Elixir.
  { pattern: /^=(?:ERROR|CRASH|SUPERVISOR) REPORT====/, severity: SEVERITY.ERROR },
  { pattern: /^=WARNING REPORT====/, severity: SEVERITY.WARN },
  // Next.js writes signs for words.
  { pattern: /^⨯ /, severity: SEVERITY.ERROR },
  { pattern: /^⚠ /, severity: SEVERITY.WARN },
  {
    pattern: /^(?:\(node:\d{1,10}\) )?(?:\[\w{1,16}\] )?[A-Z]\w{0,40}Warning: /,
    severity: SEVERITY.WARN,
  },
  { pattern: /^npm (?:ERR!|error) /, severity: SEVERITY.ERROR },
  { pattern: /^npm (?:WARN|warn) /, severity: SEVERITY.WARN },
];

/** Forms with a level of the logger's own spelling, or in a place where a word would not count. */
const SPELT: readonly RegExp[] = [
  // logrus on a terminal: `ERRO[0001] x`.
  /^(TRAC|DEBU|INFO|WARN|ERRO|FATA|PANI)\[\d{4,10}\]/,
  // java.util.logging, below a line with time, class and method.
  /^(SEVERE|WARNING|INFO|CONFIG|FINE|FINER|FINEST): /,
  // monolog and Laravel: `[2026-11-23 08:00:00] production.ERROR: x`.
  /^\[\d{4}[^\]]{10,40}\] [\w-]{1,60}\.(DEBUG|INFO|NOTICE|WARNING|ERROR|CRITICAL|ALERT|EMERGENCY): /,
  // Celery: `[2026-11-23 08:00:00,123: ERROR/MainProcess] x`.
  /^\[\d{4}[\d :,-]{10,30}: (DEBUG|INFO|WARNING|ERROR|CRITICAL)\/[\w-]{1,60}\]/,
  // Apache httpd: `[Mon Nov 23 08:00:00 2026] [core:error] [pid 7] x`.
  /^\[[A-Z][a-z]{2} [A-Z][a-z]{2} [^\]]{10,30}\] \[[\w-]{0,40}:(emerg|alert|crit|error|warn|notice|info|debug|trace[1-8])\]/,
  // loguru: `2026-11-23 08:00:00.123 | SUCCESS  | app:main:1 - x`.
  /^\d{4}-[\d :.T+-]{10,30} \| (TRACE|DEBUG|INFO|SUCCESS|WARNING|ERROR|CRITICAL) {0,8}\|/,
];

/** klog and glog: `E0102 15:04:05.678901   1 file.go:12] …`, newer glog with the year before it. */
const KLOG = /^([IWEF])(?:\d{4})?\d{4} \d{2}:\d{2}:\d{2}/;
const SYSLOG_PRIORITY = /^<(\d{1,3})>/;
/** Redis: `1:M 23 Nov 2026 05:45:17.123 # …`; `.` debug, `-` verbose, `*` notice, `#` warning. */
const REDIS = /^\d{1,10}:[XCSM] \d{2} [A-Z][a-z]{2} \d{4} [\d:.]{8,15} ([.\-*#]) /;
const REDIS_MARKS: Readonly<Record<string, SeverityNumber>> = {
  ".": SEVERITY.DEBUG,
  "-": SEVERITY.DEBUG2,
  "*": SEVERITY.INFO2,
  "#": SEVERITY.WARN,
};

const WORDS =
  "trace|trce|trc|debug[1-5]?|dbug|dbg|verbose|vrb|info|inf|information|notice|note|warn|warning|wrn|error|err|eror|fail|severe|fatal|ftl|crit|critical|panic|pnc|dpanic|alert|emerg|emergency|system";

/** `[error]`, `(WARN )`, `<info>`, `|ERROR|`. */
const BRACKETED = new RegExp(`[[(<|]\\s{0,3}(${WORDS})\\s{0,5}[\\])>|]`, "i");
/** A word of its own; what may follow it keeps out `ERROR_CODE`, `error=0`, `/error`, `errors`. */
const WORD = new RegExp(`(?<![^\\s\\]|)>-])(${WORDS}|log)(?=(:| -|[\\s\\]|,]|$))`, "gi");
const NOTHING_AFTER = /^:\s{0,4}(?:0|none|null|nil|false|no|undefined)\s*(?:$|[,;.])/i;
/** `0 ERROR`, `no error:` are counts; `12:00:01 error:` is a time. */
const COUNT_BEFORE = /(?:^|\s)(?:\d{1,6}|no|zero|without)\s$/i;
const PROSE = /(?:^|\s)[a-z]{2,}(?=\s|$)/g;

/**
 * Severity of one plain line, whatever wrote it. Time is linear in a bounded head of the line; words
 * that merely occur in a sentence (`0 errors found`, `GET /errors/list`, `error_rate=0`) do not count.
 */
export function inferSeverity(line: string): InferredSeverity {
  const start = line.slice(0, MAX_FIELD_HEAD).replace(ANSI_COLOUR, "").trimStart();
  if (start.startsWith("{")) return fromJson(line);
  return (
    fromLogfmt(start) ??
    fromShape(start) ??
    fromSpelling(start) ??
    fromToken(start.slice(0, MAX_HEAD)) ??
    unknown()
  );
}

function unknown(): InferredSeverity {
  return { severityNumber: SEVERITY.INFO, severityText: "INFO", source: "default" };
}

function fromJson(line: string): InferredSeverity {
  const level = findJsonLevel(line);
  return (level === undefined ? undefined : known(level, "field")) ?? unknown();
}

function fromLogfmt(start: string): InferredSeverity | undefined {
  const level = LOGFMT.exec(start)?.[1];
  return level === undefined ? undefined : known(level, "field");
}

function known(level: string, source: "field" | "token"): InferredSeverity | undefined {
  const severityNumber = severityFromText(level);
  if (severityNumber === undefined) return undefined;
  const isNumber = /^\d/.test(level);
  const severityText = isNumber ? severityNumberToText(severityNumber) : level.trim();
  return { severityNumber, severityText, source };
}

function fromShape(start: string): InferredSeverity | undefined {
  const klog = KLOG.exec(start)?.[1];
  if (klog !== undefined) return shaped(severityFromText(klog));
  const priority = SYSLOG_PRIORITY.exec(start)?.[1];
  if (priority !== undefined) return shaped(severityFromSyslogPriority(Number(priority)));
  const redis = REDIS.exec(start)?.[1];
  if (redis !== undefined) return shaped(REDIS_MARKS[redis]);
  return shaped(SHAPES.find(({ pattern }) => pattern.test(start))?.severity);
}

function fromSpelling(start: string): InferredSeverity | undefined {
  for (const pattern of SPELT) {
    const level = pattern.exec(start)?.[1];
    if (level !== undefined) return known(level, "token");
  }
  return undefined;
}

function shaped(severityNumber: SeverityNumber | undefined): InferredSeverity | undefined {
  if (severityNumber === undefined) return undefined;
  return { severityNumber, severityText: severityNumberToText(severityNumber), source: "shape" };
}

function fromToken(head: string): InferredSeverity | undefined {
  const bracketed = BRACKETED.exec(head);
  if (bracketed?.[1] !== undefined && proseWords(head.slice(0, bracketed.index)) < 3) {
    return known(bracketed[1], "token");
  }
  for (const match of head.matchAll(WORD)) {
    const word = match[1] ?? "";
    if (isLevelWord(head, word, match.index, match[2] ?? "")) return known(word, "token");
  }
  return undefined;
}

/**
 * A level word counts in capitals after at most one word of prose (a program's name), or in any
 * case before a colon when nothing but a time stamp or brackets stands before it.
 */
function isLevelWord(head: string, word: string, index: number, follow: string): boolean {
  const before = head.slice(0, index);
  if (COUNT_BEFORE.test(before)) return false;
  if (NOTHING_AFTER.test(head.slice(index + word.length, index + word.length + 24))) return false;
  // PostgreSQL writes `LOG:`; a lone "log" or "LOG" is an ordinary word.
  if (word.toLowerCase() === "log") return word === "LOG" && follow === ":";
  if (word === word.toUpperCase()) return proseWords(before) <= 1;
  return follow === ":" && proseWords(before) === 0;
}

function proseWords(text: string): number {
  return text.match(PROSE)?.length ?? 0;
}
