import type { ThresholdStep } from "../dashboard-json.ts";

/** Green, then orange and red from these values on. */
export function warnFrom(orange: number, red?: number): ThresholdStep[] {
  return [
    { color: "green", value: null },
    { color: "orange", value: orange },
    ...(red === undefined ? [] : [{ color: "red", value: red }]),
  ];
}

/** Share of requests that fail: above 1 % users notice, above 5 % something is broken. */
export const ERROR_SHARE_STEPS: ThresholdStep[] = warnFrom(0.01, 0.05);

/** Seconds: half a second feels slow, one second interrupts the thought. */
export const LATENCY_STEPS: ThresholdStep[] = warnFrom(0.5, 1);

/** Share of the memory limit: past it the kernel kills. */
export const MEMORY_SHARE_STEPS: ThresholdStep[] = warnFrom(0.8, 0.95);
