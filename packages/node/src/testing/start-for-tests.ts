import { AssertionError } from "node:assert";
import type { StartOptions } from "../config/start-options.ts";
import { isStarted, startWith } from "../start.ts";
import type { CapturedPoint, CapturedRecord, CapturedSpan } from "./captured.ts";
import { failureText, unexpectedText } from "./failure-text.ts";
import {
  matchesPoint,
  matchesRecord,
  matchesSpan,
  type PointMatch,
  type RecordMatch,
  type SpanMatch,
} from "./matching.ts";
import { toCapturedPoints, toCapturedRecord, toCapturedSpan } from "./to-captured.ts";

/** What a test sees of the signals of the code under test. */
export type TestSightline = {
  /** Every record since the start or the last `clear()`, oldest first. */
  readonly records: readonly CapturedRecord[];
  /** Every ended span, oldest first. All are sampled unless `sampleRatio` says otherwise. */
  readonly spans: readonly CapturedSpan[];
  /** The present state of all metrics. Counters go on counting over `clear()`. */
  points(): Promise<readonly CapturedPoint[]>;
  /**
   * Waits for a record; the first one that matches.
   *
   * @param timeoutMillis default 1,000.
   * @throws AssertionError that shows what was captured instead.
   */
  waitForRecord(match: RecordMatch, timeoutMillis?: number): Promise<CapturedRecord>;
  /** The same for a span. A server's span ends a moment after its client has the answer. */
  waitForSpan(match: SpanMatch, timeoutMillis?: number): Promise<CapturedSpan>;
  /** The same for a series of a metric. */
  waitForPoint(match: PointMatch, timeoutMillis?: number): Promise<CapturedPoint>;
  /** @throws AssertionError if a record that matches was captured. */
  expectNoRecord(match: RecordMatch): void;
  /** Forgets records and spans. */
  clear(): void;
  /** Ends it; the loggers are as before. */
  shutdown(): Promise<void>;
};

/**
 * A test waits for nobody and leaves nothing behind. What it sees does not depend on variables that
 * switch signals off, which are common where tests run.
 */
const TEST_OPTIONS: StartOptions = {
  crashRecorder: false,
  disabled: false,
  handleSignals: false,
  logs: "otlp",
  metricIntervalMillis: 3_600_000,
  metrics: true,
  sampleRatio: 1,
  spoolDirectory: false,
  startupLine: false,
  traces: true,
};
const WAIT_MILLIS = 1_000;
const LOOK_EVERY_MILLIS = 10;

/**
 * Starts as `start()` does, with everything kept in memory and nothing sent. Call it before the code
 * under test is imported; that code's own `start()` then gives this instance.
 *
 * @param options as of `start()`; without spool, crash recorder, signal handlers and start-up line,
 *   and with all signals and every trace sampled, whatever the environment says, unless they say so.
 * @throws Error when an instance runs already, or when the options have faults.
 */
export function startForTests(options: StartOptions = {}): TestSightline {
  if (isStarted()) {
    throw new Error(
      "sightline: cannot start for tests: an instance runs already; expected none; " +
        "call startForTests() before the application is imported, or shutdown() first",
    );
  }
  const records: CapturedRecord[] = [];
  const spans: CapturedSpan[] = [];
  let points: readonly CapturedPoint[] = [];
  const sightline = startWith(
    { ...TEST_OPTIONS, ...options },
    {
      onRecord: (record) => void records.push(toCapturedRecord(record)),
      onSpan: (span) => void spans.push(toCapturedSpan(span)),
      onMetrics(metrics) {
        points = toCapturedPoints(metrics);
      },
    },
  );

  async function readPoints(): Promise<readonly CapturedPoint[]> {
    await sightline.flush();
    return points;
  }

  return {
    records,
    spans,
    points: readPoints,
    waitForRecord: (match, timeoutMillis) =>
      waitFor("record", match, timeoutMillis, () => ({
        captured: records,
        found: records.find((record) => matchesRecord(record, match)),
      })),
    waitForSpan: (match, timeoutMillis) =>
      waitFor("span", match, timeoutMillis, () => ({
        captured: spans,
        found: spans.find((span) => matchesSpan(span, match)),
      })),
    waitForPoint: (match, timeoutMillis) =>
      waitFor("point", match, timeoutMillis, async () => {
        const captured = await readPoints();
        const found = captured.find((point) => matchesPoint(point, match));
        // Of dozens of series, those of the metric itself say what is wrong.
        const ofMetric = captured.filter(({ name }) => name === match.name);
        return { captured: ofMetric.length > 0 ? ofMetric : captured, found };
      }),
    expectNoRecord(match) {
      const found = records.find((record) => matchesRecord(record, match));
      if (found !== undefined) {
        throw new AssertionError({ message: unexpectedText("record", match, found) });
      }
    },
    clear() {
      records.length = 0;
      spans.length = 0;
    },
    async shutdown() {
      await sightline.shutdown();
    },
  };
}

type Look<T> = { readonly captured: readonly object[]; readonly found: T | undefined };

async function waitFor<T>(
  what: string,
  match: object,
  timeoutMillis: number = WAIT_MILLIS,
  look: () => Look<T> | Promise<Look<T>>,
): Promise<T> {
  const deadlineMillis = performance.now() + timeoutMillis;
  for (;;) {
    const { captured, found } = await look();
    if (found !== undefined) return found;
    if (performance.now() >= deadlineMillis) {
      throw new AssertionError({ message: failureText(what, match, captured) });
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MILLIS));
  }
}
