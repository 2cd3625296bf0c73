import { readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";

/** Asks until the answer is there; the error says what was waited for and what came instead. */
export async function until<T>(
  what: string,
  ask: () => Promise<T | undefined | false> | T | undefined | false,
  timeoutMillis = 60_000,
): Promise<T> {
  const deadline = Date.now() + timeoutMillis;
  let last: unknown;
  while (Date.now() < deadline) {
    try {
      last = await ask();
      if (last !== undefined && last !== false) return last as T;
    } catch (error) {
      last = error;
    }
    await delay(200);
  }
  throw new Error(`waited ${timeoutMillis} ms for ${what}; the last answer was: ${String(last)}`);
}

/** A zombie is dead: who started it has only not asked how it ended. */
export function isRunning(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2, stat.lastIndexOf(")") + 3) !== "Z";
  } catch {
    return false;
  }
}
