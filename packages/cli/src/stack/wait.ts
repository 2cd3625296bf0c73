import { setTimeout as delay } from "node:timers/promises";

/** Asks until the answer is there or the time is over; undefined then. The question is the condition. */
export async function waitFor<T>(
  ask: () => Promise<T | undefined> | T | undefined,
  options: { readonly timeoutMillis: number; readonly everyMillis?: number },
): Promise<T | undefined> {
  const deadline = performance.now() + options.timeoutMillis;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() >= deadline) return undefined;
    await delay(options.everyMillis ?? 150);
  }
}
