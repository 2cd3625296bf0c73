import type { Verdict } from "../records/verdict.ts";

/** What is known of a process from its start on. */
export interface RingFacts {
  readonly serviceName: string;
  /** Of the process that writes: its lines are sent under these, whoever sends them. */
  readonly resourceAttributes: Readonly<Record<string, string>>;
  readonly pid: number;
  readonly hostName: string;
  /** Hexadecimal digits, 12 or more; absent outside of containers. */
  readonly containerId?: string | undefined;
  /** Unix milliseconds. */
  readonly startedAt: number;
  /** The kernel's id of this boot of the machine; absent off Linux. */
  readonly bootId?: string | undefined;
  readonly nodeVersion: string;
  /** 1 for the first start that is remembered here, then 2, 3, … */
  readonly run: number;
  readonly cgroup?: RingCgroup | undefined;
  /** False where lines are printed and not sent: then the ring has heartbeats and marks only. */
  readonly keepsLines: boolean;
  /** Whether Node was asked to leave a report when V8 runs out of heap. */
  readonly reportsFatalErrors: boolean;
}

/** The control group whose memory limit holds for the process. */
export interface RingCgroup {
  readonly path: string;
  readonly memoryLimitBytes?: number | undefined;
  /** Processes of the group that the kernel killed for memory, so far. */
  readonly oomKills?: number | undefined;
}

/** How the process was a moment ago; once a second. */
export interface RingHeartbeat {
  /** Unix milliseconds. */
  readonly at: number;
  /** Milliseconds since the process began, by a clock that nobody sets. */
  readonly uptimeMillis: number;
  readonly rssBytes: number;
  readonly heapUsedBytes: number;
  readonly heapLimitBytes: number;
  /** Part of the last second that the event loop was busy, 0 to 1. */
  readonly eventLoopUtilization?: number | undefined;
  /** HTTP requests that were being answered. */
  readonly inFlightRequests?: number | undefined;
  /** Working set of the control group: what the kernel cannot take back. */
  readonly cgroupBytes?: number | undefined;
  readonly cgroupLimitBytes?: number | undefined;
  readonly oomKills?: number | undefined;
  /** The highest number of a line so far. */
  readonly lastNumber: number;
}

/** An exception or rejection that nobody caught. Redacted. */
export interface RingFatal {
  readonly origin: "uncaught" | "rejection";
  readonly at: number;
  readonly uptimeMillis: number;
  readonly type: string;
  readonly message: string;
  /** With the stacks of its causes; may be empty. */
  readonly stack: string;
}

/** What is known of the end from the process itself. Each field is written as it happens. */
export interface RingExit {
  /** The signal that asked it to stop, `SIGTERM`. */
  readonly askedBy?: string | undefined;
  readonly askedAt?: number | undefined;
  readonly askedUptimeMillis?: number | undefined;
  /** It gave itself the same signal again, which ends it. */
  readonly isRaised?: boolean | undefined;
  /** Exit code of `process.on("exit")`. */
  readonly code?: number | undefined;
  /** Unix milliseconds of `code` or `isRaised`. */
  readonly at?: number | undefined;
}

/** Numbers of lines that are safe elsewhere. */
export interface RingSettled {
  /** All up to this one. */
  readonly through: number;
  /** Others above it, first and last number of each stretch; ascending. */
  readonly ranges: readonly (readonly [number, number])[];
}

/** What the first process that recovered the ring decided; a second one must tell the same. */
export interface RingJudgement {
  readonly verdict: Verdict;
  readonly evidence: string;
  readonly planned: boolean;
  readonly diedAt: number;
  /** Unplanned deaths of the service in the last ten minutes, this one included. */
  readonly recentDeaths?: number | undefined;
  /** The crash record is safe elsewhere; what is left is to remove the file. */
  readonly isTold?: boolean | undefined;
}

export interface RingFrame {
  readonly number: number;
  readonly payload: Uint8Array;
}
