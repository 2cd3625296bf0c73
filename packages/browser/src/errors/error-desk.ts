import type { ExceptionStackFrame } from "@grafana/faro-core";
import { later, outsideZones, safely } from "../page/natives.ts";
import { matches } from "../requests/request-watch.ts";
import type { TraceContext } from "../traces/trace-context.ts";
import type { TrailEntry } from "../trail/trail.ts";
import type { ErrorPlace } from "./capture-errors.ts";
import { causesOf, describeError, type ErrorDescription, unwrapError } from "./describe-error.ts";
import { placeFrame, stackFrames } from "./stack-frames.ts";
import { createStorms } from "./storms.ts";
import { createToldErrors, type ErrorChannel } from "./told-errors.ts";

/** An error as it arrived, by one of its ways. */
export interface ErrorReport {
  readonly thrown: unknown;
  readonly channel: ErrorChannel;
  readonly handled: boolean;
  readonly place?: ErrorPlace | undefined;
  readonly componentStack?: string | undefined;
  readonly attributes?: Readonly<Record<string, string>> | undefined;
}

/** An error that is to be told. */
export interface ToldError {
  readonly type: string;
  readonly message: string;
  /** Read when they are told: of a storm, most are not. */
  readonly frames: () => readonly ExceptionStackFrame[];
  /** Which errors are one. */
  readonly kind: string;
  readonly causes: readonly ErrorDescription[];
  readonly atMillis: number;
  readonly trace: TraceContext | undefined;
  readonly trail: readonly TrailEntry[];
  handled: boolean;
  componentStack: string | undefined;
  attributes: Readonly<Record<string, string>>;
}

export interface ErrorDeskOptions {
  readonly ignore: readonly (string | RegExp)[];
  readonly now: () => number;
  /** What it stands in: the current trace and trail. */
  readonly surroundings: () => Pick<ToldError, "trace" | "trail">;
  /** @param n occurrences that it stands for. */
  readonly tell: (error: ToldError, n: number) => void;
}

export interface ErrorDesk {
  report(report: ErrorReport): void;
  /** Tells everything that is held back, now. */
  settle(): void;
}

const STORM_INTERVAL_MILLIS = 10_000;
const MAX_STORMS = 100;
/** Of browsers, about a layout that settles a frame later: harmless, and in everybody's list. */
const NOISE = /^ResizeObserver loop /;

/** Where errors from every way meet: told once each, joined where one arrives several ways. */
export function createErrorDesk(options: ErrorDeskOptions): ErrorDesk {
  const { now, surroundings } = options;
  const told = createToldErrors();
  const waiting = new Map<unknown, ToldError>();
  let timer: ReturnType<typeof setTimeout> | undefined;

  const storms = createStorms<ToldError>({
    tell: options.tell,
    now,
    intervalMillis: STORM_INTERVAL_MILLIS,
    maxKinds: MAX_STORMS,
  });
  const schedule = (): void => {
    const next = storms.nextMillis();
    if (next === undefined || timer !== undefined) return;
    timer = later(
      () => {
        timer = undefined;
        storms.settle("due");
        schedule();
      },
      Math.max(0, next - now()) + 10,
    );
  };
  const tellWaiting = (): void => {
    const errors = [...waiting.values()];
    waiting.clear();
    for (const error of errors) storms.add(`${error.kind} ${error.handled}`, error);
    schedule();
  };
  const wait = (thrown: unknown, error: ToldError): void => {
    if (waiting.size === 0) outsideZones(() => queueMicrotask(safely(tellWaiting)));
    // Two equal texts are two errors; an object that is still waiting is not new.
    waiting.set(typeof thrown === "object" ? thrown : {}, error);
  };

  return {
    report: (report) => {
      const thrown = unwrapError(report.thrown);
      if (!told.isNew(thrown, report.channel)) return join(waiting.get(thrown), report);
      const { message, stack, type } = describeError(thrown);
      const frames = (): readonly ExceptionStackFrame[] => framesOf(stack, report.place);
      const text = `${type}: ${message}`;
      if (NOISE.test(message) || isIgnored(options.ignore, text, frames)) return;
      wait(thrown, {
        type,
        message,
        frames,
        kind: kindOf(text, stack, report.place),
        causes: causesOf(thrown),
        atMillis: now(),
        ...surroundings(),
        handled: report.handled,
        componentStack: report.componentStack,
        attributes: report.attributes ?? {},
      });
    },
    settle: () => {
      tellWaiting();
      storms.settle("all");
      clearTimeout(timer);
      timer = undefined;
    },
  };
}

/** A way that comes second may know more: that nobody caught it, which component it was in. */
function join(error: ToldError | undefined, report: ErrorReport): void {
  if (error === undefined) return;
  error.handled = error.handled && report.handled;
  error.componentStack ??= report.componentStack;
  error.attributes = { ...error.attributes, ...report.attributes };
}

function framesOf(
  stack: string | undefined,
  place: ErrorPlace | undefined,
): readonly ExceptionStackFrame[] {
  const frames = stack === undefined ? [] : stackFrames(stack);
  if (frames.length > 0 || place === undefined) return frames;
  return [placeFrame(place.file, place.line, place.column)];
}

/** Without numbers in the text, which are what differs from one to the next. */
function kindOf(text: string, stack: string | undefined, place: ErrorPlace | undefined): string {
  const lines = stack?.split("\n").filter((line) => /:\d+\)?$/.test(line)) ?? [];
  return JSON.stringify([text.replace(/\d+/g, "0"), lines.slice(0, 3), place]);
}

function isIgnored(
  patterns: readonly (string | RegExp)[],
  text: string,
  frames: () => readonly ExceptionStackFrame[],
): boolean {
  if (patterns.length === 0) return false;
  const texts = [text, ...frames().map(({ filename }) => filename)];
  return patterns.some((pattern) =>
    texts.some((one) =>
      typeof pattern === "string" ? one.includes(pattern) : matches(pattern, one),
    ),
  );
}
