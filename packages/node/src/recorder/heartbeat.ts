import { performance } from "node:perf_hooks";
import { getHeapStatistics } from "node:v8";
import type { RingHeartbeat } from "@sightline/core";
import type { Cancel, Clock } from "@sightline/wire";
import type { MemoryGroup } from "../host/memory-group.ts";
import type { LineRing } from "./line-ring.ts";

export type HeartbeatOptions = {
  readonly ring: LineRing;
  readonly clock: Clock;
  readonly memoryGroup: MemoryGroup | undefined;
  /** HTTP requests that are being answered now; undefined where nobody counts them. */
  readonly inFlightRequests: () => number | undefined;
};

const BEAT_MILLIS = 1_000;

/**
 * Writes how the process is, now and once a second, at some 80 µs each. Returns a function that
 * stops it.
 */
export function startHeartbeat({ ring, clock, ...sources }: HeartbeatOptions): () => void {
  let lastUtilization = performance.eventLoopUtilization();
  let cancel: Cancel | undefined;

  function beat(): void {
    const utilization = performance.eventLoopUtilization();
    const sinceLast = performance.eventLoopUtilization(utilization, lastUtilization);
    lastUtilization = utilization;
    ring.check();
    ring.mark("heartbeat", readHeartbeat(sinceLast.utilization));
    cancel = clock.after(BEAT_MILLIS, beat);
  }

  function readHeartbeat(eventLoopUtilization: number): RingHeartbeat {
    const { used_heap_size, heap_size_limit } = getHeapStatistics();
    const group = sources.memoryGroup?.read();
    return {
      at: clock.now(),
      uptimeMillis: uptimeMillis(),
      rssBytes: residentBytes(),
      heapUsedBytes: used_heap_size,
      heapLimitBytes: heap_size_limit,
      eventLoopUtilization: Math.round(eventLoopUtilization * 1_000) / 1_000,
      inFlightRequests: sources.inFlightRequests(),
      cgroupBytes: group?.workingSetBytes,
      cgroupLimitBytes: group?.limitBytes,
      oomKills: group?.oomKills,
      lastNumber: ring.lastNumber(),
    };
  }

  beat();
  return () => cancel?.();
}

/** 0 where nobody knows: without `/proc` Node throws, and this runs in the start of the host. */
function residentBytes(): number {
  try {
    return process.memoryUsage.rss();
  } catch {
    return 0;
  }
}

/** By a clock that nobody sets. */
export function uptimeMillis(): number {
  return Math.round(performance.now());
}
