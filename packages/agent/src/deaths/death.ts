import type { DeathFacts } from "./death-facts.ts";
import type { Judgement } from "./judge-death.ts";
import type { RecentDeaths } from "./restart-tracker.ts";
import type { TailLine } from "./tail.ts";

/** One death, judged, with everything that its record tells. */
export interface Death {
  readonly service: string;
  /** `service.version` of what died. */
  readonly release?: string | undefined;
  readonly containerId: string;
  /** 1 for the first start of this container, then 2, 3, … */
  readonly run: number;
  readonly facts: DeathFacts;
  readonly judgement: Judgement;
  readonly recent: RecentDeaths;
  /** Mean over the last minute, 1 = one core. */
  readonly cpuCores?: number | undefined;
  /** Oldest first, as they were written: they are redacted on their way into the record. */
  readonly lines: readonly TailLine[];
  /** Lines of the run in all. */
  readonly totalLines: number;
}
