import type { Verdict } from "../records/verdict.ts";
import { type RingDeath, type RingDeathView, viewRingDeath } from "./death-of-ring.ts";
import type { RingJudgement } from "./ring-content.ts";
import { describeRingEvidence } from "./ring-evidence.ts";

export interface Ruling {
  readonly verdict: Verdict;
  readonly planned?: boolean;
  /** What this rule saw that the facts alone do not say. */
  readonly because?: string;
}

/** A heap that runs full does so within seconds. */
const HEAP_NEAR_LIMIT_SHARE = 0.85;

/** The first that fits decides. What a process wrote itself stands before what is concluded. */
const RULES: readonly ((view: RingDeathView) => Ruling | undefined)[] = [
  endedAsAsked,
  endedWell,
  heapLimit,
  uncaughtError,
  otherFatalError,
  endedWithCode,
  machineRestarted,
  killedWhileStopping,
  outOfMemoryCounted,
  outOfMemoryNear,
  heapNearLimit,
];

/** Why a process died, as far as what it left behind proves it. Pure. */
export function judgeRing(death: RingDeath): RingJudgement {
  const known = death.ring.judgement;
  if (known !== undefined) return known;
  const view = viewRingDeath(death);
  const { verdict, planned = false, because } = firstRuling(view);
  const evidence = describeRingEvidence(view, because);
  return { verdict, evidence, planned, diedAt: view.diedAt };
}

function firstRuling(view: RingDeathView): Ruling {
  for (const rule of RULES) {
    const ruling = rule(view);
    if (ruling !== undefined) return ruling;
  }
  // SIGKILL leaves nothing behind. Nor does SIGSEGV, but that is seldom and SIGKILL is not.
  const because =
    "it ended without a word, as after SIGKILL; another signal or a crash in native code looks the same";
  return { verdict: "killed", because };
}

// Asked by the signal and ended: the code is the program's own business then (143, 0, 1 where a pool
// complained while closing).
function endedAsAsked({ ring, wasAskedToStop }: RingDeathView): Ruling | undefined {
  const hasEnded = ring.exit?.code !== undefined || ring.exit?.isRaised === true;
  return wasAskedToStop && hasEnded ? { verdict: "clean", planned: true } : undefined;
}

function endedWell({ ring }: RingDeathView): Ruling | undefined {
  return ring.exit?.code === 0 ? { verdict: "clean" } : undefined;
}

// Node writes its report just before V8 aborts the process.
function heapLimit({ report }: RingDeathView): Ruling | undefined {
  return report?.trigger === "OOMError" ? { verdict: "heap_limit" } : undefined;
}

function uncaughtError({ ring, mayHaveDiedOfFatal }: RingDeathView): Ruling | undefined {
  if (ring.fatal === undefined || !mayHaveDiedOfFatal) return undefined;
  return { verdict: ring.fatal.origin };
}

// Node ends with abort() after each of its reports of this kind.
function otherFatalError({ report }: RingDeathView): Ruling | undefined {
  return report === undefined ? undefined : { verdict: "signal(6)" };
}

function endedWithCode({ ring }: RingDeathView): Ruling | undefined {
  const code = ring.exit?.code;
  if (code === undefined) return undefined;
  // Source: https://nodejs.org/api/process.html#exit-codes
  const because =
    code === 13
      ? "Node's code for a top-level await that never settled"
      : "it called for its end itself, without an uncaught error";
  return { verdict: "unknown", because };
}

function machineRestarted({ wasRebooted }: RingDeathView): Ruling | undefined {
  return wasRebooted
    ? { verdict: "unknown", because: "the machine was started anew since" }
    : undefined;
}

function killedWhileStopping({ wasAskedToStop }: RingDeathView): Ruling | undefined {
  const because = "it did not end in the time that it was given, and was killed";
  return wasAskedToStop ? { verdict: "killed", planned: true, because } : undefined;
}

// The kernel counts kills by group and not by process: probable, never proven.
function outOfMemoryCounted({ newOomKills }: RingDeathView): Ruling | undefined {
  if (newOomKills === 0) return undefined;
  return {
    verdict: "oom_probable",
    because: `the kernel has killed ${newOomKills} more of its memory group since (oom_kill)`,
  };
}

function outOfMemoryNear({ isMemoryNearLimit }: RingDeathView): Ruling | undefined {
  const because = "it ended without a word, close to its memory limit";
  return isMemoryNearLimit ? { verdict: "oom_probable", because } : undefined;
}

// Where the host has report settings of its own, a full heap leaves as little behind as SIGKILL.
function heapNearLimit({ ring: { facts, heartbeat } }: RingDeathView): Ruling | undefined {
  if (facts.reportsFatalErrors || heartbeat === undefined) return undefined;
  const share = heartbeat.heapUsedBytes / heartbeat.heapLimitBytes;
  if (!(share >= HEAP_NEAR_LIMIT_SHARE)) return undefined;
  const percent = Math.round(share * 100);
  const because = `it ended without a word with its heap at ${percent} % of the limit; Node writes a report of that only where process.report is left to us`;
  return { verdict: "unknown", because };
}
