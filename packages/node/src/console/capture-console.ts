import type { DropReason } from "@sightline/core";
import type { LogLine } from "../logs/log-line.ts";
import { loggerHooks } from "../logs/logger-hooks.ts";
import { isDiagPrinting } from "./otel-diag.ts";
import { type ConsoleHook, patchConsole, setConsoleHook } from "./patch-console.ts";
import { readCall } from "./read-call.ts";

export type ConsoleOptions = {
  readonly emit: (line: LogLine) => void;
  readonly nowMillis: () => number;
  /** Told of a line that could not be taken. */
  readonly countDropped: (reason: DropReason) => void;
};

/** Takes what the process prints through its console. Returns the way back. */
export function captureConsole(options: ConsoleOptions): () => void {
  isDiagPrinting();
  const restore = patchConsole(console);
  setConsoleHook(createConsoleHook(options));
  return () => {
    setConsoleHook(undefined);
    restore();
  };
}

export function createConsoleHook({ emit, nowMillis, countDropped }: ConsoleOptions): ConsoleHook {
  return (method, args, caller) => {
    if (isDiagPrinting() || isPrintOfCaptured(args)) return;
    // Throws where an inspect function of the host does: then nothing is printed either.
    const line = readCall(method, args, caller, nowMillis());
    try {
      emit(line);
    } catch {
      countDropped("serialization_failed");
    }
  };
}

/** Whether this call only prints a line that was taken from its logger already. */
function isPrintOfCaptured(args: readonly unknown[]): boolean {
  const { printing, pinoLine } = loggerHooks;
  if (printing === undefined && pinoLine === undefined) return false;
  if (printing === "") return true;
  const [text] = args;
  if (typeof text !== "string") return false;
  if (pinoLine !== undefined && isSameLine(text, pinoLine)) return true;
  return (
    printing !== undefined && args.some((arg) => typeof arg === "string" && holds(arg, printing))
  );
}

/** With or without the line's end. */
function isSameLine(text: string, line: string): boolean {
  return line.length - text.length <= 2 && line.length >= text.length && line.startsWith(text);
}

/** As text, or as JSON, the form in which many transports print. */
function holds(text: string, message: string): boolean {
  return text.includes(message) || text.includes(JSON.stringify(message).slice(1, -1));
}
