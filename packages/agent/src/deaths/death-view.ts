import type { DeathFacts } from "./death-facts.ts";
import { parseSignal, signalOfExitCode } from "./signals.ts";

/** The facts, and what follows from them by arithmetic alone. */
export interface DeathView {
  readonly facts: DeathFacts;
  /** Number of the signal behind the exit code. */
  readonly exitSignal: number | undefined;
  /** Numbers of the signals that Docker was asked to send in this run. */
  readonly askedNumbers: ReadonlySet<number>;
  readonly stopSignal: number;
  /** It was asked to end, and ended in the time that is given for that. */
  readonly isEndingAsAsked: boolean;
  /** Docker's sign of memory shortage is about this death, and not about an earlier one. */
  readonly isOomNear: boolean;
  readonly isMemoryNearLimit: boolean;
  readonly isRemovedAtOnce: boolean;
}

const DEFAULT_STOP_SIGNAL = 15;
const DEFAULT_STOP_TIMEOUT_MILLIS = 10_000;
/** Docker's SIGKILL after the time it gave would have come by now, a busy host included. */
const STOP_SLACK_MILLIS = 5_000;
/** The kernel's message and the exit take different ways through Docker. */
const OOM_NEAR_MILLIS = 10_000;
const REMOVED_AT_ONCE_MILLIS = 2_000;
/** Samples are seconds old: the last one before an OOM kill seldom is at the limit itself. */
const NEAR_LIMIT_SHARE = 0.9;

export function viewDeath(facts: DeathFacts): DeathView {
  const asked = facts.asked ?? [];
  const stopSignal = parseSignal(facts.stopSignal ?? "") ?? DEFAULT_STOP_SIGNAL;
  return {
    facts,
    exitSignal: signalOfExitCode(facts.exitCode),
    askedNumbers: new Set(asked.flatMap(({ signal }) => parseSignal(signal) ?? [])),
    stopSignal,
    isEndingAsAsked: isEndingAsAsked(facts, stopSignal),
    isOomNear: isOomNear(facts),
    isMemoryNearLimit: isMemoryNearLimit(facts),
    isRemovedAtOnce:
      facts.removesItself !== true &&
      facts.destroyedAtMillis !== undefined &&
      facts.destroyedAtMillis - facts.diedAtMillis <= REMOVED_AT_ONCE_MILLIS,
  };
}

function isEndingAsAsked(facts: DeathFacts, stopSignal: number): boolean {
  if (facts.isStopSeen) return true;
  const graceMillis = (facts.stopTimeoutMillis ?? DEFAULT_STOP_TIMEOUT_MILLIS) + STOP_SLACK_MILLIS;
  return (facts.asked ?? []).some(({ signal, atMillis }) => {
    const number = parseSignal(signal);
    if (number !== stopSignal && number !== DEFAULT_STOP_SIGNAL) return false;
    // Code 0 is how a program says that it ended as asked, however long its `stop -t` lets it take.
    return facts.exitCode === 0 || facts.diedAtMillis - atMillis <= graceMillis;
  });
}

function isOomNear(facts: DeathFacts): boolean {
  if (facts.oomEventAtMillis === undefined) return facts.isOomKilled === true;
  return Math.abs(facts.diedAtMillis - facts.oomEventAtMillis) <= OOM_NEAR_MILLIS;
}

function isMemoryNearLimit({ memory }: DeathFacts): boolean {
  return memory?.limitBytes !== undefined && memory.bytes >= memory.limitBytes * NEAR_LIMIT_SHARE;
}
