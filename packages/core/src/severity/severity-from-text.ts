import { SEVERITY, type SeverityNumber } from "./severity.ts";

/**
 * Names of levels as loggers write them, in lower case. Where two loggers disagree (`verbose` is
 * below `debug` for the winston `cli` levels, above it for its `npm` levels) the commoner one wins.
 *
 * Sources: OpenTelemetry logs data model appendix B; `@opentelemetry/winston-transport` for winston;
 * RFC 5424 §6.2.1; klog, zap, zerolog, log/slog, java.util.logging, log4j, Serilog and the .NET
 * console, PostgreSQL, MySQL, MongoDB, nginx.
 */
const LEVELS: Readonly<Record<string, SeverityNumber>> = {
  // trace
  trace: SEVERITY.TRACE,
  trce: SEVERITY.TRACE,
  trc: SEVERITY.TRACE,
  trac: SEVERITY.TRACE,
  trace1: SEVERITY.TRACE,
  trace5: SEVERITY.TRACE,
  trace6: SEVERITY.TRACE,
  trace7: SEVERITY.TRACE,
  trace8: SEVERITY.TRACE,
  silly: SEVERITY.TRACE,
  finest: SEVERITY.TRACE,
  input: SEVERITY.TRACE2,
  finer: SEVERITY.TRACE3,
  prompt: SEVERITY.TRACE4,
  all: SEVERITY.TRACE,
  // debug
  debug: SEVERITY.DEBUG,
  dbug: SEVERITY.DEBUG,
  dbg: SEVERITY.DEBUG,
  debu: SEVERITY.DEBUG,
  debug1: SEVERITY.DEBUG,
  debug5: SEVERITY.DEBUG,
  d: SEVERITY.DEBUG,
  d1: SEVERITY.DEBUG,
  d2: SEVERITY.DEBUG,
  d3: SEVERITY.DEBUG,
  d4: SEVERITY.DEBUG,
  d5: SEVERITY.DEBUG,
  fine: SEVERITY.DEBUG,
  verbose: SEVERITY.DEBUG2,
  vrb: SEVERITY.DEBUG2,
  http: SEVERITY.DEBUG3,
  config: SEVERITY.DEBUG4,
  // info
  info: SEVERITY.INFO,
  inf: SEVERITY.INFO,
  information: SEVERITY.INFO,
  informational: SEVERITY.INFO,
  i: SEVERITY.INFO,
  log: SEVERITY.INFO,
  note: SEVERITY.INFO,
  system: SEVERITY.INFO,
  default: SEVERITY.INFO,
  data: SEVERITY.INFO2,
  notice: SEVERITY.INFO2,
  success: SEVERITY.INFO2,
  help: SEVERITY.INFO3,
  // warn
  warn: SEVERITY.WARN,
  warning: SEVERITY.WARN,
  wrn: SEVERITY.WARN,
  w: SEVERITY.WARN,
  // error
  error: SEVERITY.ERROR,
  err: SEVERITY.ERROR,
  eror: SEVERITY.ERROR,
  erro: SEVERITY.ERROR,
  e: SEVERITY.ERROR,
  fail: SEVERITY.ERROR,
  failure: SEVERITY.ERROR,
  severe: SEVERITY.ERROR,
  exception: SEVERITY.ERROR,
  dpanic: SEVERITY.ERROR2,
  // fatal
  fatal: SEVERITY.FATAL,
  ftl: SEVERITY.FATAL,
  fata: SEVERITY.FATAL,
  f: SEVERITY.FATAL,
  crit: SEVERITY.FATAL,
  critical: SEVERITY.FATAL,
  panic: SEVERITY.FATAL,
  pnc: SEVERITY.FATAL,
  pani: SEVERITY.FATAL,
  alert: SEVERITY.FATAL2,
  emerg: SEVERITY.FATAL3,
  emergency: SEVERITY.FATAL3,
};

/**
 * pino and bunyan write numbers; so does Python's `levelno`, whose 30 and 50 mean one step more.
 * Three digits are Monolog's.
 */
const LEVELS_BY_NUMBER: Readonly<Record<string, SeverityNumber>> = {
  "10": SEVERITY.TRACE,
  "20": SEVERITY.DEBUG,
  "30": SEVERITY.INFO,
  "40": SEVERITY.WARN,
  "50": SEVERITY.ERROR,
  "60": SEVERITY.FATAL,
  "100": SEVERITY.DEBUG,
  "200": SEVERITY.INFO,
  "250": SEVERITY.INFO2,
  "300": SEVERITY.WARN,
  "400": SEVERITY.ERROR,
  "500": SEVERITY.FATAL,
  "550": SEVERITY.FATAL2,
  "600": SEVERITY.FATAL3,
};

const SYSLOG: readonly SeverityNumber[] = [
  SEVERITY.FATAL3,
  SEVERITY.FATAL2,
  SEVERITY.FATAL,
  SEVERITY.ERROR,
  SEVERITY.WARN,
  SEVERITY.INFO2,
  SEVERITY.INFO,
  SEVERITY.DEBUG,
];

const OTEL_NAME = /^(trace|debug|info|warn|error|fatal)([2-4])$/;
const SLOG_OFFSET = /^(debug|info|warn|error)([+-]\d{1,2})$/;
const MAX_LENGTH = 16;

/**
 * Severity of a level as a logger writes it, in any case: names (`warn`, `WARNING`, `crit`, `INF`,
 * `Information`, `ERROR2`, slog's `INFO+2`), pino's numbers (`10` to `60`) and syslog's `0` to `7`.
 *
 * @returns undefined when it is no level; the caller decides what that means.
 */
export function severityFromText(text: string): SeverityNumber | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  const level = text.trim().toLowerCase();
  if (Object.hasOwn(LEVELS, level)) return LEVELS[level];
  if (Object.hasOwn(LEVELS_BY_NUMBER, level)) return LEVELS_BY_NUMBER[level];
  if (/^[0-7]$/.test(level)) return SYSLOG[Number(level)];
  return fromOtelName(level) ?? fromSlogOffset(level);
}

/** Severity of a syslog priority, `<PRI>` of RFC 5424: facility × 8 + severity, 0 to 191. */
export function severityFromSyslogPriority(priority: number): SeverityNumber | undefined {
  return priority >= 0 && priority <= 191 ? SYSLOG[priority % 8] : undefined;
}

function fromOtelName(level: string): SeverityNumber | undefined {
  const name = OTEL_NAME.exec(level)?.[0]?.toUpperCase();
  return name === undefined ? undefined : SEVERITY[name as keyof typeof SEVERITY];
}

/** slog's levels lie 4 apart, as OpenTelemetry's do, so an offset carries over unchanged. */
function fromSlogOffset(level: string): SeverityNumber | undefined {
  const match = SLOG_OFFSET.exec(level);
  if (match === null) return undefined;
  const base = LEVELS[match[1] ?? ""] ?? SEVERITY.INFO;
  return Math.min(24, Math.max(1, base + Number(match[2]))) as SeverityNumber;
}
