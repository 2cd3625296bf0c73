import type { ProbeSpec } from "../../spec/schema/probes.ts";

/** Those that say themselves how long they may fail or who is told; the others are the default pack's. */
export function probesWithOwnAlert(probes: readonly ProbeSpec[]): readonly ProbeSpec[] {
  return probes.filter((probe) => probe.for !== undefined || probe.tell !== undefined);
}
