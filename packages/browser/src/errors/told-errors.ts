/** Where an error came to us from. */
export type ErrorChannel = "console" | "window" | "report";

/**
 * One error often arrives several ways: a framework's handler reports it and also prints it. Each way
 * counts for itself, and an occurrence is told when some way has seen more than were told: so twice
 * the same object by two ways is one, and thrown twice it is two.
 */
export interface ToldErrors {
  /** True: this is an occurrence that has not been told. */
  isNew(error: unknown, channel: ErrorChannel): boolean;
}

interface Counts {
  told: number;
  readonly seen: Record<ErrorChannel, number>;
}

export function createToldErrors(): ToldErrors {
  const counts = new WeakMap<object, Counts>();
  return {
    isNew: (error, channel) => {
      // Texts and numbers have no identity.
      if (typeof error !== "object" || error === null) return true;
      let count = counts.get(error);
      if (count === undefined) {
        count = { told: 0, seen: { console: 0, window: 0, report: 0 } };
        counts.set(error, count);
      }
      count.seen[channel] += 1;
      if (count.seen[channel] <= count.told) return false;
      count.told = count.seen[channel];
      return true;
    },
  };
}
