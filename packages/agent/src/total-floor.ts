/**
 * Keeps totals from falling over a restart of the agent: after a SIGKILL the last lines are read
 * again, so the new process begins a little lower, and Prometheus would take that for a counter that
 * began anew at zero and count all of it a second time.
 */
export interface TotalFloor {
  /** The total as it may be exported. */
  raise(name: string, total: number): number;
  /** To be kept before what was raised is exported. */
  save(): Readonly<Record<string, number>>;
}

/** @param saved what an earlier process kept; anything else counts as nothing. */
export function createTotalFloor(saved: unknown): TotalFloor {
  const floors = new Map<string, number>();
  if (typeof saved === "object" && saved !== null) {
    for (const [name, total] of Object.entries(saved)) {
      if (typeof total === "number" && Number.isFinite(total)) floors.set(name, total);
    }
  }
  return {
    raise(name, total) {
      const raised = Math.max(total, floors.get(name) ?? 0);
      floors.set(name, raised);
      return raised;
    },
    save: () => Object.fromEntries(floors),
  };
}
