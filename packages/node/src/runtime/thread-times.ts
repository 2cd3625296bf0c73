export type ThreadTimes = { readonly cpuSeconds: number; readonly waitSeconds: number };

/**
 * Text of `schedstat` of a thread: nanoseconds on a core, nanoseconds waiting for one, slices. See
 * sched-stats in the kernel's documentation. Undefined where the kernel does not count: it says 0.
 */
export function parseSchedstat(text: string): ThreadTimes | undefined {
  const match = /^(\d{1,20}) (\d{1,20}) \d{1,20}\s{0,2}$/.exec(text);
  if (match === null) return undefined;
  const cpuSeconds = Number(match[1]) / 1e9;
  return cpuSeconds === 0 ? undefined : { cpuSeconds, waitSeconds: Number(match[2]) / 1e9 };
}
