/** How old lines are when they are read, the worst of each service since it was last asked. */
export interface LagMeter {
  note(service: string, lagMillis: number): void;
  /** Begins anew: a service that has written nothing since is not behind. */
  take(): ReadonlyMap<string, number>;
}

export function createLagMeter(): LagMeter {
  const worst = new Map<string, number>();
  return {
    note(service, lagMillis) {
      if (lagMillis > (worst.get(service) ?? 0)) worst.set(service, lagMillis);
    },
    take() {
      const taken = new Map(worst);
      // Not deleted: a service that has caught up is at 0, not unknown.
      for (const service of worst.keys()) worst.set(service, 0);
      return taken;
    },
  };
}
