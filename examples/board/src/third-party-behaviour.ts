import { createRandom, shuffle } from "./random.ts";

export const BEHAVIOURS = ["prompt", "slow", "unavailable", "silent"] as const;
/** `prompt` and `slow` answer 200, `unavailable` answers 503, `silent` never answers. */
export type Behaviour = (typeof BEHAVIOURS)[number];

/** Every twenty answers in a row hold exactly these. */
const PER_BLOCK: Readonly<Record<Behaviour, number>> = {
  prompt: 14,
  slow: 3,
  unavailable: 2,
  silent: 1,
};
const BLOCK: readonly Behaviour[] = BEHAVIOURS.flatMap((behaviour) =>
  Array.from({ length: PER_BLOCK[behaviour] }, () => behaviour),
);

/** How the weather service treats its n-th request, counted from 0. The same for the same seed. */
export function behaviourOf(seed: number, requestNumber: number): Behaviour {
  const block = Math.floor(requestNumber / BLOCK.length);
  const order = shuffle(BLOCK, createRandom(seed * 7919 + block));
  return order[requestNumber % BLOCK.length] ?? "prompt";
}
