import { setTimeout as delay } from "node:timers/promises";

/** Asks until the answer is there; the test's own time limit ends it. */
export async function until<T>(
  what: string,
  ask: () => Promise<T | undefined | false> | T | undefined | false,
): Promise<T> {
  const deadline = Date.now() + 18_000;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (Date.now() > deadline) throw new Error(`still waiting for ${what}`);
    await delay(25);
  }
}
