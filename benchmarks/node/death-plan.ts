import { LINE_CANDIDATES, type LineCandidate } from "./candidates.ts";

/** That a process writes before it dies. */
export const LINES = 2_000;

/** A way for a process to end, and what surrounds it. */
export type Death = {
  readonly name: string;
  /** As `death.mjs` calls it. */
  readonly kind: string;
  readonly sibling?: "stuck";
  readonly isReceiverAway?: boolean;
  readonly flags?: readonly string[];
  readonly maxMemoryBytes?: number;
  /** What the crash record of @sightline/node has to say; undefined: a planned end, no record. */
  readonly verdict: string | undefined;
};

export const DEATHS: readonly Death[] = [
  { name: "SIGKILL", kind: "SIGKILL", verdict: "killed" },
  // The code is told as evidence; why a program ends itself is nothing that a verdict can know.
  { name: "`process.exit(1)`", kind: "process.exit", verdict: "unknown" },
  { name: "uncaught error", kind: "throw", verdict: "uncaught" },
  { name: "unhandled rejection", kind: "rejection", verdict: "rejection" },
  {
    name: "V8's heap limit",
    kind: "heap limit",
    flags: ["--max-old-space-size=64"],
    verdict: "heap_limit",
  },
  {
    name: "out of memory (cgroup)",
    kind: "out of memory",
    maxMemoryBytes: 300_000_000,
    verdict: "oom_probable",
  },
  { name: "SIGTERM", kind: "SIGTERM", verdict: undefined },
  {
    name: "SIGKILL, a stuck sibling transport",
    kind: "SIGKILL",
    sibling: "stuck",
    verdict: "killed",
  },
  { name: "SIGKILL, receiver away", kind: "SIGKILL", isReceiverAway: true, verdict: "killed" },
];

/** The pipe is a reference: it needs somebody who reads it, and then keeps everything. */
export const PIPE: LineCandidate = {
  name: "winston Console → pipe",
  module: "programs/console-winston.mjs",
};

export const DYING: readonly LineCandidate[] = [
  ...LINE_CANDIDATES.filter(({ base }) => base !== undefined),
  PIPE,
];
