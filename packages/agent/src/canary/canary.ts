import { formatDuration } from "@sightline/core";
import type { Clock } from "@sightline/wire";
import { pause } from "../pause.ts";
import { createRareLog } from "../ship/rare-log.ts";
import type { AskLoki } from "./ask-loki.ts";
import { createRunId, formatCanaryLine } from "./canary-line.ts";
import type { CanaryMetrics } from "./canary-metrics.ts";
import { createEarlierRuns } from "./earlier-runs.ts";
import { createLineTracker, type Findings, type Moment } from "./line-tracker.ts";
import { createReadBack, type ReadOutcome } from "./read-back.ts";

export interface CanaryTimes {
  /** Loki is asked this often; a delay is known to within it. */
  readonly queryMillis: number;
  readonly lateMillis: number;
  readonly missingMillis: number;
}

export interface CanaryOptions extends CanaryTimes {
  /** `service.name` that its lines are stored under. */
  readonly service: string;
  readonly ask: AskLoki;
  readonly metrics: CanaryMetrics;
  readonly clock: Clock;
  /** Milliseconds of a clock that nobody sets. */
  readonly steadyNow: () => number;
  /** Prints one line. */
  readonly print: (line: string) => void;
  readonly log: (text: string) => void;
}

export interface Canary {
  readonly run: string;
  /** Ends at once; a query that is under way is broken off. */
  stop(): Promise<void>;
}

const LINE_MILLIS = 1_000;
/** Window of 30 minutes and an hour of those that are missing: all fit in one answer of Loki. */
const KEEP_MILLIS = 3_600_000;
/** All lines are asked for this often, for copies and for missing ones that came; else the open. */
const ASK_ALL_MILLIS = 30_000;
const MAX_CALM_MILLIS = 60_000;

/** Prints a line a second and looks for each of them in Loki. */
export function startCanary(options: CanaryOptions): Canary {
  const { clock, steadyNow, metrics, queryMillis, lateMillis, missingMillis } = options;
  const run = createRunId();
  const ending = new AbortController();
  const rareLog = createRareLog(options.log, clock);
  const now = (): Moment => ({ unixMillis: clock.now(), steadyMillis: steadyNow() });
  const started = now();
  const tracker = createLineTracker({ lateMillis, missingMillis, keepMillis: KEEP_MILLIS });
  const limits = { lateMillis, missingMillis, lineMillis: LINE_MILLIS };
  const readBack = createReadBack({
    run,
    service: options.service,
    ask: options.ask,
    tracker,
    earlier: createEarlierRuns({ startedUnixMillis: started.unixMillis, ...limits }),
    earlierWindow: {
      fromUnixMillis: started.unixMillis - missingMillis,
      // Past the start: whoever still prints then is no earlier run.
      toUnixMillis: started.unixMillis + 10_000,
    },
    calmMillis: Math.min(MAX_CALM_MILLIS, missingMillis / 5),
    askAllMillis: Math.min(ASK_ALL_MILLIS, missingMillis / 2),
    now,
  });

  async function printLines(): Promise<void> {
    let due = steadyNow();
    while (!ending.signal.aborted) {
      const at = now();
      options.print(formatCanaryLine({ run, number: tracker.write(at) }, at.unixMillis));
      metrics.count("written", 1);
      // A process that was held up goes on from now: it does not print what it could not.
      due = Math.max(due + LINE_MILLIS, steadyNow());
      await pause(due - steadyNow(), clock, ending.signal);
    }
  }

  async function readLines(): Promise<void> {
    let isAnswering = true;
    for (;;) {
      await pause(queryMillis, clock, ending.signal);
      const outcome = await readBack.read(ending.signal);
      if (ending.signal.aborted) return;
      record(outcome);
      if (outcome.status === "failed") {
        rareLog("query", `cannot ask Loki: ${outcome.reason}; goes on trying`);
      } else if (!isAnswering) {
        options.log("Loki answers again");
      }
      isAnswering = outcome.status !== "failed";
    }
  }

  function record(outcome: ReadOutcome): void {
    if (outcome.status === "failed") {
      metrics.countFailedQuery();
      metrics.count("unknown", outcome.unknown);
      return;
    }
    for (const findings of outcome.findings) recordFindings(findings);
  }

  function recordFindings(findings: Partial<Findings>): void {
    const { delaysMillis = [], missing = 0, recovered = 0, doubled = 0 } = findings;
    metrics.count("found", delaysMillis.length);
    metrics.count("late", findings.late ?? 0);
    metrics.count("missing", missing);
    metrics.count("recovered", recovered);
    metrics.count("doubled", doubled);
    metrics.count("unknown", findings.unknown ?? 0);
    for (const delay of delaysMillis) metrics.observeDelay(delay);
    if (findings.newestFoundUnixMillis !== undefined) {
      metrics.setLastFound(findings.newestFoundUnixMillis);
    }
    const after = formatDuration(missingMillis);
    if (missing > 0) rareLog("missing", `${missing} lines are missing: not in Loki after ${after}`);
    if (recovered > 0) rareLog("recovered", `${recovered} missing lines are in Loki after all`);
    if (doubled > 0) rareLog("doubled", `${doubled} lines are in Loki twice or more`);
  }

  const loops = Promise.all([printLines(), readLines()]);
  return {
    run,
    async stop() {
      ending.abort();
      await loops;
    },
  };
}
