import type { Verdict } from "@sightline/core";

export interface RecentDeaths {
  /** Unplanned deaths of the service in the last ten minutes, this one included. */
  readonly recentDeaths: number;
  /** Three of them or more. */
  readonly restartLoop: boolean;
}

export interface TrackedDeath {
  readonly service: string;
  /** Unix milliseconds. */
  readonly diedAtMillis: number;
  readonly verdict: Verdict;
  readonly planned: boolean;
  /**
   * Restart policy `always` or `unless-stopped`: then a service that ends by itself with 0 again and
   * again is in a loop too. Default false, for jobs that run and end.
   */
  readonly isMeantToRun?: boolean;
}

/** Plain JSON: unplanned deaths by service, Unix milliseconds, oldest first. */
export interface RestartTrackerState {
  readonly deaths: Readonly<Record<string, readonly number[]>>;
}

export interface RestartTracker {
  note(death: TrackedDeath): RecentDeaths;
  save(): RestartTrackerState;
}

const WINDOW_MILLIS = 600_000;
const LOOP_DEATHS = 3;
/** A loop once a second for the whole window, and no more. */
const MAX_DEATHS = 600;
/** The services that died longest ago are forgotten first. */
const MAX_SERVICES = 1_000;

/** @param saved what `save` gave before a restart; anything else counts as nothing. */
export function createRestartTracker(saved?: unknown): RestartTracker {
  const byService = readState(saved);
  return {
    note(death) {
      const { service, diedAtMillis } = death;
      const fresh = (byService.get(service) ?? []).filter(
        (at) => Math.abs(diedAtMillis - at) < WINDOW_MILLIS,
      );
      const isCounted = isUnplanned(death);
      // The same death told twice (after a restart of the agent) is one death.
      if (isCounted && !fresh.includes(diedAtMillis)) fresh.push(diedAtMillis);
      byService.delete(service);
      if (fresh.length > 0) byService.set(service, fresh.slice(-MAX_DEATHS));
      dropOldest(byService);
      return {
        recentDeaths: fresh.length,
        restartLoop: isCounted && fresh.length >= LOOP_DEATHS,
      };
    },
    save: () => ({ deaths: Object.fromEntries(byService) }),
  };
}

function isUnplanned({ planned, verdict, isMeantToRun = false }: TrackedDeath): boolean {
  return !planned && (verdict !== "clean" || isMeantToRun);
}

function dropOldest(byService: Map<string, number[]>): void {
  for (const service of byService.keys()) {
    if (byService.size <= MAX_SERVICES) return;
    byService.delete(service);
  }
}

function readState(saved: unknown): Map<string, number[]> {
  const deaths = (saved as Partial<RestartTrackerState> | undefined | null)?.deaths;
  const byService = new Map<string, number[]>();
  if (typeof deaths !== "object" || deaths === null) return byService;
  for (const [service, times] of Object.entries(deaths)) {
    if (!Array.isArray(times)) continue;
    const numbers = times.filter((at) => Number.isFinite(at)).slice(-MAX_DEATHS) as number[];
    if (numbers.length > 0) byService.set(service, numbers);
  }
  dropOldest(byService);
  return byService;
}
