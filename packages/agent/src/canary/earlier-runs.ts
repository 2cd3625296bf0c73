import type { CanaryMark } from "./canary-line.ts";

/** A line of the canary as it was read back. */
export interface ReadMark extends CanaryMark {
  /** When it was printed, by its stamp in Loki. */
  readonly unixMillis: number;
}

export interface EarlierFindings {
  readonly delaysMillis: readonly number[];
  readonly late: number;
  readonly missing: number;
}

/**
 * Lines that an earlier run had printed and nobody has seen yet. What is readable at the first look
 * belongs to the count of that run, so it is not counted again. A number that appears later is found
 * now; one between two others that does not appear is missing. What came after the last number that
 * Loki ever shows, nobody can know of: it is not counted.
 */
export interface EarlierRuns {
  /**
   * All that is readable of the time before this run, at each look.
   *
   * @param isCalm as in `ReadBack`.
   */
  take(marks: readonly ReadMark[], nowUnixMillis: number, isCalm: boolean): EarlierFindings;
  /** Whatever was open has been found or is missing. */
  isSettled(): boolean;
}

export interface EarlierRunsOptions {
  readonly startedUnixMillis: number;
  readonly lateMillis: number;
  readonly missingMillis: number;
  /** The time between two lines: bounds how many can be missing between two others. */
  readonly lineMillis: number;
}

interface EarlierRun {
  readonly seen: Set<number>;
  /** Numbers that must have been printed, and when at the latest. */
  readonly open: Map<number, number>;
}

/** A run that prints after this one has begun is no earlier one, but another canary. */
const OVERLAP_MILLIS = 2_000;
/** More than fit in the time looked at means somebody else's numbers. */
const MAX_RUNS = 100;

export function createEarlierRuns(options: EarlierRunsOptions): EarlierRuns {
  const { startedUnixMillis, lateMillis, missingMillis, lineMillis } = options;
  const runs = new Map<string, EarlierRun>();
  const living = new Set<string>();
  const maxGap = Math.ceil(missingMillis / lineMillis);
  let isFirst = true;
  let isSettled = false;

  function runOf(id: string): EarlierRun | undefined {
    let run = runs.get(id);
    if (run === undefined && runs.size < MAX_RUNS) {
      run = { seen: new Set(), open: new Map() };
      runs.set(id, run);
    }
    return run;
  }

  return {
    take(marks, nowUnixMillis, isCalm) {
      const findings = { delaysMillis: [] as number[], late: 0, missing: 0 };
      for (const { run, unixMillis } of marks) {
        if (unixMillis <= startedUnixMillis + OVERLAP_MILLIS || living.size > MAX_RUNS) continue;
        living.add(run);
        runs.delete(run);
      }
      for (const [id, own] of groupByRun(marks)) {
        const run = living.has(id) ? undefined : runOf(id);
        if (run === undefined) continue;
        for (const { number, unixMillis } of own) {
          if (run.seen.has(number)) continue;
          run.seen.add(number);
          run.open.delete(number);
          if (isFirst) continue;
          const delayMillis = Math.max(0, nowUnixMillis - unixMillis);
          findings.delaysMillis.push(delayMillis);
          if (delayMillis > lateMillis) findings.late += 1;
        }
        openGaps(run, own, maxGap);
      }
      isFirst = false;
      if (!isCalm) return findings;
      for (const { seen, open } of runs.values()) {
        for (const [number, printedUnixMillis] of open) {
          if (nowUnixMillis - printedUnixMillis <= missingMillis) continue;
          open.delete(number);
          // Counted once, even if it comes after all.
          seen.add(number);
          findings.missing += 1;
          findings.late += 1;
        }
      }
      isSettled = nowUnixMillis - startedUnixMillis > missingMillis;
      return findings;
    },
    isSettled: () => isSettled,
  };
}

function groupByRun(marks: readonly ReadMark[]): Map<string, ReadMark[]> {
  const groups = new Map<string, ReadMark[]>();
  for (const mark of marks) {
    const group = groups.get(mark.run);
    if (group === undefined) groups.set(mark.run, [mark]);
    else group.push(mark);
  }
  return groups;
}

/** Between two numbers that were seen, all others were printed: before the higher of the two. */
function openGaps(run: EarlierRun, marks: readonly ReadMark[], maxGap: number): void {
  const sorted = [...marks].sort((left, right) => left.number - right.number);
  let before: number | undefined;
  for (const { number, unixMillis } of sorted) {
    if (before !== undefined && number - before <= maxGap) {
      for (let between = before + 1; between < number; between++) {
        if (!run.seen.has(between)) run.open.set(between, unixMillis);
      }
    }
    before = number;
  }
}
