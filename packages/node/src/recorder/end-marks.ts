import type { Redactor, RingExit, RingFatal } from "@sightline/core";
import type { Clock } from "@sightline/wire";
import { captureThrown } from "../logs/capture-error.ts";
import { uptimeMillis } from "./heartbeat.ts";
import type { LineRing } from "./line-ring.ts";

export type EndMarksOptions = {
  readonly ring: LineRing;
  readonly redactor: Redactor;
  readonly clock: Clock;
};

/** What the process itself can tell of its end. */
export interface EndMarks {
  /** A signal asks it to stop. */
  asked(signal: NodeJS.Signals): void;
  /** It gives itself the signal again, which ends it. */
  raised(): void;
  /** It goes on without a recorder: what comes is not known, and no death. */
  left(): void;
  stop(): void;
}

/** Of the stack; a mark has 16 KiB. The next smaller is tried where the characters are long ones. */
const STACK_CHARACTERS = [12_000, 3_000, 0] as const;
const MAX_MESSAGE_CHARACTERS = 1_000;
const MAX_TYPE_CHARACTERS = 200;

/**
 * Marks an uncaught error and the exit, at once and without a change of either:
 * `uncaughtExceptionMonitor` only watches, and an `exit` listener cannot stop an exit.
 */
export function markEnd({ ring, redactor, clock }: EndMarksOptions): EndMarks {
  let exit: RingExit = {};

  function writeExit(more: RingExit): void {
    exit = { ...exit, ...more };
    ring.mark("exit", exit);
  }

  function onUncaught(error: unknown, origin: NodeJS.UncaughtExceptionOrigin): void {
    try {
      const fatal = toFatal(error, origin, redactor, clock.now());
      for (const length of STACK_CHARACTERS) {
        if (ring.mark("fatal", { ...fatal, stack: fatal.stack.slice(0, length) })) return;
      }
    } catch {
      // The host's own error is the one to be seen.
    }
  }

  const onExit = (code: number): void => writeExit({ code, at: clock.now() });

  process.on("uncaughtExceptionMonitor", onUncaught);
  process.on("exit", onExit);
  return {
    asked: (signal) =>
      writeExit({ askedBy: signal, askedAt: clock.now(), askedUptimeMillis: uptimeMillis() }),
    raised: () => writeExit({ isRaised: true, at: clock.now() }),
    left: () => writeExit({ code: 0, at: clock.now() }),
    stop() {
      process.off("uncaughtExceptionMonitor", onUncaught);
      process.off("exit", onExit);
    },
  };
}

function toFatal(
  error: unknown,
  origin: NodeJS.UncaughtExceptionOrigin,
  redactor: Redactor,
  at: number,
): RingFatal {
  const { type, message, stack } = captureThrown(error);
  return {
    origin: origin === "unhandledRejection" ? "rejection" : "uncaught",
    at,
    uptimeMillis: uptimeMillis(),
    type: redactor.text(type).slice(0, MAX_TYPE_CHARACTERS),
    message: redactor.text(message).slice(0, MAX_MESSAGE_CHARACTERS),
    stack: redactor.text(stack),
  };
}
