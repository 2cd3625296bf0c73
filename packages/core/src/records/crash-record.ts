import type { RecordBase } from "./log-record.ts";
import type { Verdict } from "./verdict.ts";

/** The end of a process or container that nobody planned, or the clean end of one. */
export interface CrashRecord extends RecordBase {
  readonly kind: "crash";
  /** See {@link crashId}: the same death gets the same id from the agent and from the process. */
  readonly crashId: string;
  /** Who saw it. Where both did, the agent's record wins. */
  readonly source: "agent" | "process";
  /** 1 for the first start of this container or process slot, then 2, 3, … */
  readonly run: number;
  readonly exitCode?: number;
  /** Name with prefix, `SIGKILL`. */
  readonly signal?: string;
  readonly verdict: Verdict;
  /** The facts behind the verdict, in words, for a person to check it. */
  readonly evidence: string;
  /** Unix milliseconds. */
  readonly startedAt: number;
  /** Unix milliseconds. */
  readonly diedAt: number;
  /** Somebody asked Docker to stop, kill or remove it. Such a death is no crash. */
  readonly planned?: boolean;
  readonly restartLoop?: boolean;
  readonly recentDeaths?: number;
  /** The last sample before death. */
  readonly memoryBytes?: number;
  readonly memoryLimitBytes?: number;
  /** Mean over the last minute, 1 = one core. */
  readonly cpuCores?: number;
  readonly exceptionType?: string;
  /** Shortened; whole in the body. */
  readonly exceptionMessage?: string;
  /** The last line it printed, shortened: what a list shows where no exception is known. */
  readonly lastLine?: string;
  /** Coarse fingerprint of the exception that ended it. */
  readonly fp?: string;
  readonly fpTemplate?: string;
  /** `service.version` of what died. */
  readonly release?: string;
}

/** Where a process ran, which is what its crash id is made of. */
export type ProcessPlace =
  /** `containerId`: at least its first 12 hexadecimal digits. */
  | { readonly kind: "container"; readonly containerId: string; readonly startedAt: number }
  | {
      readonly kind: "host";
      readonly hostName: string;
      readonly pid: number;
      readonly startedAt: number;
    };

/** Id of one run of one process: `<container id, 12>:<started_at>`, or `<host>:<pid>:<started_at>`. */
export function crashId(place: ProcessPlace): string {
  return place.kind === "container"
    ? `${place.containerId.slice(0, 12)}:${place.startedAt}`
    : `${place.hostName}:${place.pid}:${place.startedAt}`;
}
