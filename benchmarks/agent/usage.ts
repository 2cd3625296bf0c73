import { setTimeout as delay } from "node:timers/promises";
import { readCpuSeconds, readMemory } from "../stack/process-usage.ts";

/** What a process took over a while. */
export interface Usage {
  /** Of one core. */
  readonly cpuPercent: number;
  /** Highest of the samples, bytes. */
  readonly rss: number;
}

const SAMPLE_MILLIS = 1_000;

/** Watches processes, by name, for as long as `isOver` says no. */
export async function watchUsage<Name extends string>(
  pids: Readonly<Record<Name, number>>,
  isOver: () => boolean,
): Promise<Record<Name, Usage>> {
  const names = Object.keys(pids) as Name[];
  const cpuBefore = new Map(names.map((name) => [name, readCpuSeconds(pids[name])]));
  const highest = new Map<Name, number>();
  const startedAt = performance.now();
  do {
    await delay(SAMPLE_MILLIS);
    for (const name of names) {
      highest.set(name, Math.max(highest.get(name) ?? 0, readMemory(pids[name]).rss));
    }
  } while (!isOver());
  const seconds = (performance.now() - startedAt) / 1000;
  const entries = names.map((name) => [
    name,
    {
      cpuPercent: ((readCpuSeconds(pids[name]) - (cpuBefore.get(name) ?? 0)) / seconds) * 100,
      rss: highest.get(name) ?? 0,
    },
  ]);
  return Object.fromEntries(entries) as Record<Name, Usage>;
}

/** The same for a given time. */
export function watchUsageFor<Name extends string>(
  pids: Readonly<Record<Name, number>>,
  millis: number,
): Promise<Record<Name, Usage>> {
  const deadline = performance.now() + millis;
  return watchUsage(pids, () => performance.now() >= deadline);
}
