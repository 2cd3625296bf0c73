import type { Disk } from "./disk.ts";

/**
 * Runs `work` while no other tab does. Locks exist in secure contexts only and are refused in opaque
 * origins: there `work` asks for a lease in the store before each step.
 */
export async function asOneSender(
  name: string,
  tab: string,
  disk: Disk,
  work: (isStill: () => Promise<boolean>) => Promise<boolean>,
): Promise<boolean> {
  let hasLock = false;
  try {
    return await navigator.locks.request(name, () => {
      hasLock = true;
      return work(async () => true);
    });
  } catch (error) {
    if (hasLock) throw error;
  }
  try {
    return await work(() => disk.lease(tab));
  } finally {
    await disk.endLease(tab);
  }
}
