import pLimit, { type LimitFunction } from "p-limit";

const START = 8;

/** How much is sent at once: 8, and half of it each time the server asks to be spared. */
export interface Strain {
  readonly limit: LimitFunction;
  readonly ease: () => void;
}

export function createStrain(): Strain {
  const limit = pLimit(START);
  return {
    limit,
    ease: () => {
      limit.concurrency = Math.max(1, Math.floor(limit.concurrency / 2));
    },
  };
}
