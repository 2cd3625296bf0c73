import type { Verdict } from "@sightline/core";
import type { DeathException, DeathFacts } from "./death-facts.ts";
import { type DeathView, viewDeath } from "./death-view.ts";
import { describeEvidence } from "./evidence.ts";
import { SIGABRT, SIGKILL, signalName } from "./signals.ts";

export interface Judgement {
  readonly verdict: Verdict;
  /** Words that a person can check against `docker inspect` and `docker events`. */
  readonly evidence: string;
  /** Somebody asked Docker for it: no crash. */
  readonly planned: boolean;
  /** `SIGKILL`, where its exit code stands for one. */
  readonly signal?: string;
  /** The exception that may have ended it; others among its last lines are left out. */
  readonly exception?: DeathException;
}

interface Ruling {
  readonly verdict: Verdict;
  readonly planned?: boolean;
  /** What this rule saw that the facts alone do not say. */
  readonly because?: string;
}

/** V8 aborts in one of these ways, depending on its version and the processor. */
const ABORT_SIGNALS: ReadonlySet<number | undefined> = new Set([4, 5, SIGABRT]);
const EXIT_JVM_OUT_OF_MEMORY = 3;
const EXIT_CANNOT_START: readonly number[] = [125, 126, 127, 128];
/** What people and orchestrators end processes with: INT, QUIT, TERM. */
const END_SIGNALS: readonly number[] = [2, 3, 15];

const NOT_BY_EXCEPTION: ReadonlySet<Verdict> = new Set([
  "clean",
  "killed",
  "oom_proven",
  "oom_probable",
]);

/** The first that fits decides; what each rests on stands beside it. */
const RULES: readonly ((view: DeathView) => Ruling | undefined)[] = [
  killedThroughDocker,
  couldNotStart,
  stoppedThroughDocker,
  outOfMemoryProven,
  removedThroughDocker,
  outOfMemoryProbable,
  killedByNobodyKnown,
  endedWell,
  heapLimit,
  unhandledRejection,
  uncaughtException,
  otherSignal,
];

/** Why it died, as far as the facts prove it. Pure. */
export function judgeDeath(facts: DeathFacts): Judgement {
  const view = viewDeath(facts);
  const { verdict, planned = false, because } = firstRuling(view);
  const exception = mayHaveEndedIt(verdict, planned) ? facts.exception : undefined;
  return {
    verdict,
    evidence: describeEvidence(view, because, exception),
    planned,
    ...(exception !== undefined && { exception }),
    ...(view.exitSignal !== undefined && { signal: signalName(view.exitSignal) }),
  };
}

/** Who was killed, stopped or ended well may have logged errors before; they are not the reason. */
function mayHaveEndedIt(verdict: Verdict, planned: boolean): boolean {
  return !planned && !NOT_BY_EXCEPTION.has(verdict);
}

function firstRuling(view: DeathView): Ruling {
  for (const rule of RULES) {
    const ruling = rule(view);
    if (ruling !== undefined) return ruling;
  }
  return {
    verdict: "unknown",
    ...(view.facts.exception?.origin === "logged" && {
      because: "whether the error that it logged last ended it is not known",
    }),
  };
}

// Docker sends the event only when its own SIGKILL went out to a process that was alive, so this
// beats every sign of memory shortage: `State.OOMKilled` may be about another process, long ago.
function killedThroughDocker(view: DeathView): Ruling | undefined {
  if (view.exitSignal !== SIGKILL || !view.askedNumbers.has(SIGKILL)) return undefined;
  const wasStopping = [view.stopSignal, ...END_SIGNALS].some((n) => view.askedNumbers.has(n));
  const because = wasStopping
    ? "it did not end in the time that Docker gave it, and was killed"
    : "somebody removed or killed it through Docker";
  return { verdict: "killed", planned: true, because };
}

// Docker uses these codes where it could not run the program; so do shells inside the container
// (127: command not found). Either way the program itself never ran.
function couldNotStart({ facts }: DeathView): Ruling | undefined {
  const isStartCode = EXIT_CANNOT_START.includes(facts.exitCode ?? 0);
  if (!isStartCode) return undefined;
  if (facts.startError) return { verdict: "unknown", because: "Docker could not start it" };
  if (facts.exitCode === 126 || facts.exitCode === 127) {
    const problem = facts.exitCode === 126 ? "not be run" : "not be found";
    return { verdict: "unknown", because: `a shell's code for a program that could ${problem}` };
  }
  return undefined;
}

// Asked by the stop signal and ended: the code is the program's own business then (143, 0, 1 where a
// pool complained while closing). SIGKILL is not: nobody asked for that, see the rules below.
function stoppedThroughDocker(view: DeathView): Ruling | undefined {
  const { exitSignal, askedNumbers } = view;
  if (exitSignal === SIGKILL) {
    // The `kill` events were missed, the `stop` after the death was not.
    const isStop = view.facts.isStopSeen && askedNumbers.size === 0 && !view.isOomNear;
    return isStop ? { verdict: "killed", planned: true, because: "Docker stopped it" } : undefined;
  }
  if (view.isEndingAsAsked) return { verdict: "clean", planned: true };
  if (exitSignal !== undefined && askedNumbers.has(exitSignal)) {
    const isEnd = exitSignal === view.stopSignal || END_SIGNALS.includes(exitSignal);
    return { verdict: isEnd ? "clean" : `signal(${exitSignal})`, planned: true };
  }
  return undefined;
}

// 137 alone proves nothing; the kernel's word through Docker does, if it is about this moment. An
// `oom` event of an hour ago was another process, and it explains the sticky `State.OOMKilled` too.
function outOfMemoryProven(view: DeathView): Ruling | undefined {
  if (view.exitSignal !== SIGKILL || !view.isOomNear) return undefined;
  const { isEndingAsAsked: planned } = view;
  return view.facts.oomEventAtMillis === undefined
    ? { verdict: "oom_proven", planned, because: "Docker's State.OOMKilled is true" }
    : { verdict: "oom_proven", planned };
}

// For agents that missed the `kill` event: a container that does not remove itself, gone at once.
function removedThroughDocker(view: DeathView): Ruling | undefined {
  if (view.exitSignal !== SIGKILL || !view.isRemovedAtOnce) return undefined;
  return { verdict: "killed", planned: true, because: "it was removed at once (docker rm -f)" };
}

// `State.OOMKilled` and `oom` are missing on some kernels (moby#38352, nomad#13119).
function outOfMemoryProbable(view: DeathView): Ruling | undefined {
  if (view.exitSignal !== SIGKILL || !view.isMemoryNearLimit) return undefined;
  const because = "SIGKILL close to the memory limit, without a word of the kernel through Docker";
  return { verdict: "oom_probable", because };
}

function killedByNobodyKnown(view: DeathView): Ruling | undefined {
  if (view.exitSignal !== SIGKILL) return undefined;
  const because = "Docker was not asked to: a person on the host, or the kernel";
  return { verdict: "killed", because };
}

function endedWell({ facts }: DeathView): Ruling | undefined {
  return facts.exitCode === 0 ? { verdict: "clean" } : undefined;
}

// V8 prints its heap statistics and aborts: 134, never 137. A wrapper (npm, a shell) may have its own
// code for that. A JVM ends with 3 under ExitOnOutOfMemoryError.
function heapLimit({ facts, exitSignal }: DeathView): Ruling | undefined {
  if (facts.exitCode === undefined) return undefined;
  const isAbort = exitSignal === undefined || ABORT_SIGNALS.has(exitSignal);
  if (facts.exception?.origin === "heap_limit" && isAbort) return { verdict: "heap_limit" };
  const isJvm =
    facts.exitCode === EXIT_JVM_OUT_OF_MEMORY &&
    facts.exception?.type.endsWith("OutOfMemoryError") === true;
  return isJvm ? { verdict: "heap_limit", because: "the JVM's code for it" } : undefined;
}

function unhandledRejection(view: DeathView): Ruling | undefined {
  const isIt = view.facts.exception?.origin === "rejection" && mayBeOfException(view);
  return isIt ? { verdict: "rejection" } : undefined;
}

// Exit codes of uncaught exceptions differ by language (1, Go 2, Rust 101, PHP 255, .NET aborts), so
// its last words decide.
function uncaughtException(view: DeathView): Ruling | undefined {
  const origin = view.facts.exception?.origin;
  const isUncaught = origin === "uncaught" || origin === "panic";
  return isUncaught && mayBeOfException(view) ? { verdict: "uncaught" } : undefined;
}

// Of the signals only those that runtimes raise themselves: a SIGSEGV after an exception is its own.
function mayBeOfException({ facts, exitSignal }: DeathView): boolean {
  if (facts.exitCode === undefined || facts.exitCode === 0) return false;
  return exitSignal === undefined || ABORT_SIGNALS.has(exitSignal);
}

function otherSignal({ exitSignal }: DeathView): Ruling | undefined {
  if (exitSignal === undefined) return undefined;
  return { verdict: `signal(${exitSignal})`, because: "Docker was not asked to send it" };
}
