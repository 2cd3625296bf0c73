import type { Ring } from "./decode-ring.ts";

/** What Node wrote when V8 or Node itself gave up. */
export interface FatalReport {
  /** `OOMError` where the heap was full, else `FatalError`. */
  readonly trigger: string;
  /** Node's one line, such as `Allocation failed - JavaScript heap out of memory`. */
  readonly event: string;
  readonly heapUsedBytes?: number | undefined;
  readonly heapLimitBytes?: number | undefined;
}

/** A ring whose process is gone, and what else is known of its end. */
export interface RingDeath {
  readonly ring: Ring;
  /** Unix milliseconds of the newest line in the ring. */
  readonly lastLineAt?: number | undefined;
  readonly report?: FatalReport | undefined;
  /** The machine, as it is for whoever judges. Absent parts are not known. */
  readonly now: {
    /** Unix milliseconds. */
    readonly at: number;
    readonly hostName?: string | undefined;
    readonly bootId?: string | undefined;
    /** Of the control group that the ring names, where it is still there. */
    readonly oomKills?: number | undefined;
  };
}

/** The facts, and what follows from them by arithmetic alone. */
export interface RingDeathView extends RingDeath {
  readonly diedAt: number;
  /** Asked to stop, and ended within the time that is usually given for that. */
  readonly wasAskedToStop: boolean;
  readonly wasRebooted: boolean;
  /** How many more processes of its group the kernel has killed for memory since the last count. */
  readonly newOomKills: number;
  readonly isMemoryNearLimit: boolean;
  /** The last exception that nobody caught, where it may have ended the process. */
  readonly mayHaveDiedOfFatal: boolean;
}

/** Samples are a second old: the last one before an OOM kill seldom is at the limit itself. */
const NEAR_LIMIT_SHARE = 0.9;
/** systemd gives 90 s, Kubernetes 30, Docker 10; and a busy machine takes a while. */
const STOP_GRACE_MILLIS = 100_000;
/** A host that handles the exception and closes its servers before it exits takes this long. */
const FAREWELL_MILLIS = 30_000;

export function viewRingDeath(death: RingDeath): RingDeathView {
  const { ring } = death;
  const { exit, heartbeat, fatal } = ring;
  const diedAt = timeOfDeath(death);
  const endUptime = Math.max(heartbeat?.uptimeMillis ?? 0, fatal?.uptimeMillis ?? 0);
  const askedUptime = exit?.askedUptimeMillis;
  return {
    ...death,
    diedAt,
    wasAskedToStop: askedUptime !== undefined && endUptime - askedUptime <= STOP_GRACE_MILLIS,
    wasRebooted: wasRebooted(death),
    newOomKills: countNewOomKills(death),
    isMemoryNearLimit: isMemoryNearLimit(ring),
    mayHaveDiedOfFatal: mayHaveDiedOfFatal(ring),
  };
}

/**
 * The last sign of life. A blocked event loop beats no more but may go on logging; a logger's time
 * from the future is no sign of anything.
 */
function timeOfDeath({ ring, lastLineAt = 0, now }: RingDeath): number {
  const { facts, heartbeat, fatal, exit } = ring;
  const signs = [facts.startedAt, heartbeat?.at, fatal?.at, exit?.at, exit?.askedAt];
  const newest = Math.max(...signs.map((at) => at ?? 0));
  return lastLineAt > newest && lastLineAt <= now.at ? lastLineAt : newest;
}

/** Of a file from another machine, nobody here can tell. */
function wasRebooted({ ring: { facts }, now }: RingDeath): boolean {
  if (facts.hostName !== now.hostName) return false;
  return facts.bootId !== undefined && now.bootId !== undefined && facts.bootId !== now.bootId;
}

function countNewOomKills({ ring, now }: RingDeath): number {
  const before = ring.heartbeat?.oomKills ?? ring.facts.cgroup?.oomKills;
  if (before === undefined || now.oomKills === undefined) return 0;
  // A group that was made anew counts from 0.
  return Math.max(0, now.oomKills - before);
}

function isMemoryNearLimit({ heartbeat }: Ring): boolean {
  const { cgroupBytes, cgroupLimitBytes } = heartbeat ?? {};
  return (
    cgroupBytes !== undefined &&
    cgroupLimitBytes !== undefined &&
    cgroupBytes >= cgroupLimitBytes * NEAR_LIMIT_SHARE
  );
}

function mayHaveDiedOfFatal({ fatal, heartbeat, exit }: Ring): boolean {
  if (fatal === undefined || exit?.code === 0) return false;
  const aliveMillis = (heartbeat?.uptimeMillis ?? 0) - fatal.uptimeMillis;
  // A heartbeat after it: the host caught it after all, and went on, or took its time to end.
  if (aliveMillis <= 0) return true;
  return exit?.code !== undefined && aliveMillis <= FAREWELL_MILLIS;
}
