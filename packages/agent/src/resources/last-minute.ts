import type { MemorySample } from "../deaths/death-facts.ts";
import type { ContainerSample } from "./container-sample.ts";

/** What a crash record tells of the time before a death. */
export interface LastMinute {
  /** The last sample: the working set, because a file cache at the limit kills nobody. */
  readonly memory?: MemorySample;
  /** Mean, 1 = one core. */
  readonly cpuCores?: number;
}

export const WINDOW_MILLIS = 60_000;

/** Samples that are still of use, oldest first: those of the window before the newest. */
export function keepWindow(
  samples: readonly ContainerSample[],
  added: ContainerSample,
  windowMillis: number,
): readonly ContainerSample[] {
  const fresh = samples.filter(({ atMillis }) => added.atMillis - atMillis <= windowMillis);
  return [...fresh, added];
}

/**
 * @param startedAtMillis of the run: a short one is measured from there, where it had used nothing.
 * @param windowMillis older samples say nothing about the end.
 */
export function summarizeLastMinute(
  samples: readonly ContainerSample[],
  startedAtMillis: number,
  endMillis: number,
  windowMillis: number,
): LastMinute {
  const fresh = samples.filter(({ atMillis }) => endMillis - atMillis <= windowMillis);
  const [first, last] = [fresh[0], fresh.at(-1)];
  if (first === undefined || last === undefined) return {};
  const bytes = last.workingSetBytes;
  const cpuCores =
    last.atMillis - startedAtMillis <= windowMillis
      ? meanCores(last.cpuTotalSeconds, last.atMillis - startedAtMillis)
      : meanCores(last.cpuTotalSeconds - first.cpuTotalSeconds, last.atMillis - first.atMillis);
  return {
    ...(bytes !== undefined && {
      memory: { bytes, limitBytes: last.memoryLimitBytes, atMillis: last.atMillis },
    }),
    ...(cpuCores !== undefined && { cpuCores }),
  };
}

function meanCores(cpuSeconds: number, millis: number): number | undefined {
  return millis > 0 && cpuSeconds >= 0 ? cpuSeconds / (millis / 1_000) : undefined;
}
