/** Why a process died, as far as it can be proven. `signal` carries its number: `signal(11)`. */
export type Verdict =
  /** It ended by itself with exit code 0, or was asked to stop and did. */
  | "clean"
  /** An exception nobody caught. */
  | "uncaught"
  /** A promise rejection nobody handled. */
  | "rejection"
  /** The JavaScript heap reached its limit; V8 aborts with exit code 134, never 137. */
  | "heap_limit"
  /** Ended by a signal other than SIGKILL. */
  | `signal(${number})`
  /** SIGKILL (137) without proof of memory shortage: a person, an orchestrator, or the kernel. */
  | "killed"
  /** Docker's `oom` event or `State.OOMKilled`, together with 137. Only the agent can say it. */
  | "oom_proven"
  /** 137, and the last heartbeat was close to the memory limit. */
  | "oom_probable"
  | "unknown";

const NAMED: ReadonlySet<string> = new Set([
  "clean",
  "uncaught",
  "rejection",
  "heap_limit",
  "killed",
  "oom_proven",
  "oom_probable",
  "unknown",
]);

const SIGNAL = /^signal\((\d{1,3})\)$/;

/** Whether a text read back from the store is a verdict. */
export function isVerdict(text: string): text is Verdict {
  return NAMED.has(text) || SIGNAL.test(text);
}

/** Signal number of a `signal(n)` verdict, undefined for every other verdict. */
export function verdictSignal(verdict: Verdict): number | undefined {
  const match = SIGNAL.exec(verdict);
  return match === null ? undefined : Number(match[1]);
}
