import type { Intake, IntakeOptions } from "./intake.ts";

const RETRY_AFTER_SECONDS = 30;

/** Nothing can be made safe yet, and nothing is said to be. */
export function createIntake(_options: IntakeOptions): Intake {
  return {
    take: async () => ({ status: "busy", retryAfterSeconds: RETRY_AFTER_SECONDS }),
    stop: async () => undefined,
  };
}
