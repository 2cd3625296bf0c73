import type { DropReason } from "@sightline/core";

/**
 * What became of the lines of one life of a container (or of a file, a unit): always
 * `read = acknowledged + dropped + still waiting`.
 */
export interface LifeAccount {
  /** `<container id, 12>:<run>`; unique on the host. */
  readonly life: string;
  readonly service: string;
  readonly containerName?: string;
  readonly run?: number;
  readonly startedUnixMillis?: number;
  readonly endedUnixMillis?: number;
  readonly readLines: number;
  readonly sentLines: number;
  readonly acknowledgedLines: number;
  readonly droppedLines: Readonly<Partial<Record<DropReason, number>>>;
  /** Stretches of which nobody knows how many lines they held. */
  readonly unknownGaps: number;
}
