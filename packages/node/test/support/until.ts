import { setTimeout as pause } from "node:timers/promises";

/** Waits for something that tells nobody when it happens; the test's own timeout bounds it. */
export async function until(what: string, condition: () => boolean): Promise<void> {
  const giveUpAt = Date.now() + 60_000;
  while (!condition()) {
    if (Date.now() > giveUpAt) throw new Error(`waited a minute until ${what}`);
    await pause(20);
  }
}
