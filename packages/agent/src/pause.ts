import type { Clock } from "@sightline/wire";

/** Settles after this long, or at once when the signal fires. Never rejects. */
export function pause(millis: number, clock: Clock, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const done = (): void => {
      cancel();
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const cancel = clock.after(millis, done, true);
    signal?.addEventListener("abort", done, { once: true });
  });
}
