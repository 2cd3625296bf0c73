import { type API, LogLevel } from "@grafana/faro-core";
import { type DropReason, FARO } from "@sightline/core";
import type { ToldError } from "../errors/error-desk.ts";
import { later } from "../page/natives.ts";
import type { ConsoleLevel } from "../sightline-options.ts";
import { type Span, spanToOtlp } from "../traces/span.ts";
import type { TraceContext } from "../traces/trace-context.ts";
import { createRateLimit, type RateLimit } from "./rate-limit.ts";

/** What a page tells, as Faro's payload has it. */
export interface Signals {
  log(level: ConsoleLevel, text: string, attributes?: Readonly<Record<string, string>>): void;
  error(error: ToldError, n: number): void;
  event(
    name: string,
    attributes: Readonly<Record<string, string>>,
    options?: { readonly trace?: TraceContext | undefined; readonly atMillis?: number },
  ): void;
  span(span: Span): void;
  lose(reason: DropReason, n?: number): void;
  /** Tells what was lost, now. */
  settle(): void;
}

export interface SignalsOptions {
  readonly api: API;
  readonly now: () => number;
  readonly currentTrace: () => TraceContext | undefined;
  /** Share of sessions that are told: an error of one stands for those of the others. */
  readonly sampleRate: number;
}

const LEVELS: Readonly<Record<ConsoleLevel, LogLevel>> = {
  debug: LogLevel.DEBUG,
  log: LogLevel.LOG,
  info: LogLevel.INFO,
  warn: LogLevel.WARN,
  error: LogLevel.ERROR,
};
/** How many of a kind are told; what is beyond is counted. A page in a loop must not fill the store. */
const LIMITS = {
  line: { perSecond: 100, burst: 1000 },
  error: { perSecond: 10, burst: 100 },
  event: { perSecond: 10, burst: 200 },
  span: { perSecond: 50, burst: 500 },
} as const;
/** As many occurrences as the gateway takes for one. */
const MAX_OCCURRENCES = 10_000;
const LOSS_INTERVAL_MILLIS = 10_000;

export function createSignals({ api, currentTrace, now, sampleRate }: SignalsOptions): Signals {
  const limit = (kind: keyof typeof LIMITS): RateLimit =>
    createRateLimit(LIMITS[kind].perSecond, LIMITS[kind].burst, now);
  const [lines, errors, events, spans] = [
    limit("line"),
    limit("error"),
    limit("event"),
    limit("span"),
  ];
  let lost: Partial<Record<DropReason, number>> = {};
  let timer: ReturnType<typeof setTimeout> | undefined;

  const settle = (): void => {
    clearTimeout(timer);
    timer = undefined;
    const values = lost;
    lost = {};
    if (Object.keys(values).length === 0) return;
    api.pushMeasurement({ type: FARO.lostMeasurement, values: values as Record<string, number> });
  };
  const lose = (reason: DropReason, n = 1): void => {
    lost[reason] = (lost[reason] ?? 0) + n;
    timer ??= later(settle, LOSS_INTERVAL_MILLIS);
  };

  return {
    log: (level, text, attributes = {}) => {
      if (!lines.take()) return lose("rate_limited");
      api.pushLog([text], {
        level: LEVELS[level] ?? LogLevel.LOG,
        context: attributes,
        ...traceOption(currentTrace()),
      });
    },
    error: (error, occurrences) => {
      const n = errors.take() ? Math.min(occurrences, MAX_OCCURRENCES) : 0;
      if (n < occurrences) lose("rate_limited", occurrences - n);
      if (n === 0) return;
      const { atMillis, frames, message, trace, type } = error;
      // Faro wants an Error, of which it reads these; a real one would pay for a stack of ours.
      api.pushError({ name: type, message } as Error, {
        type,
        stackFrames: [...frames()],
        context: errorContext(error, weigh(n, sampleRate)),
        timestampOverwriteMs: atMillis,
        ...traceOption(trace),
      });
    },
    event: (name, attributes, { atMillis, trace = currentTrace() } = {}) => {
      if (!events.take()) return lose("rate_limited");
      api.pushEvent(name, attributes, undefined, {
        ...traceOption(trace),
        ...(atMillis === undefined ? {} : { timestampOverwriteMs: atMillis }),
      });
    },
    span: (span) => {
      if (!spans.take()) return lose("rate_limited");
      api.pushTraces(spanToOtlp(span));
    },
    lose,
    settle,
  };
}

function traceOption(trace: TraceContext | undefined): { spanContext?: TraceContext } {
  return trace === undefined ? {} : { spanContext: trace };
}

function errorContext(error: ToldError, n: number): Record<string, string> {
  const { attributes, causes, componentStack, handled, trail } = error;
  const keys = FARO.exceptionContext;
  return {
    ...attributes,
    [keys.handled]: String(handled),
    [keys.n]: String(n),
    ...(trail.length === 0 ? {} : { [keys.trail]: JSON.stringify(trail) }),
    ...(causes.length === 0 ? {} : { [keys.causes]: JSON.stringify(causes) }),
    ...(componentStack === undefined ? {} : { [keys.componentStack]: componentStack }),
  };
}

/** A whole number whose mean is right: of a share of 0.3, three errors stand for ten in all. */
function weigh(n: number, sampleRate: number): number {
  return Math.max(1, Math.floor(n / sampleRate + Math.random()));
}
