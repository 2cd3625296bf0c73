import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { isRunning } from "../harness/until.ts";

export interface ChildOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** Both streams, added to over all starts. */
  readonly logFile: string;
}

/** A program that is ended and started again, as often as a test likes. */
export interface Child {
  /** Starts it; it must not run. */
  start: () => void;
  /** Sends a signal and resolves when it has ended; SIGKILL follows after a while. */
  end: (signal: NodeJS.Signals) => Promise<void>;
  isRunning: () => boolean;
  pid: () => number;
  /** How it ended the last time it did so by itself, or undefined. */
  unexpectedEnd: () => string | undefined;
  log: () => string;
}

const PATIENCE_MILLIS = 30_000;

export function createChild(options: ChildOptions): Child {
  let child: ChildProcess | undefined;
  let isAsked = false;
  let unexpected: string | undefined;

  const runs = (): boolean =>
    child?.pid !== undefined && child.exitCode === null && child.signalCode === null;

  return {
    start: () => {
      if (runs()) throw new Error(`"${options.command}" runs already`);
      isAsked = false;
      const output = openSync(options.logFile, "a");
      const started = spawn(options.command, options.args, {
        env: options.env,
        cwd: options.cwd,
        stdio: ["ignore", output, output],
      });
      closeSync(output);
      started.on("error", (error) => {
        unexpected = String(error);
      });
      started.once("exit", (code, signal) => {
        if (!isAsked) unexpected = `ended by itself with ${signal ?? code}`;
      });
      child = started;
    },
    end: async (signal) => {
      if (child === undefined || !runs()) return;
      isAsked = true;
      const ended = new Promise<void>((resolve) => child?.once("exit", () => resolve()));
      child.kill(signal);
      const timer = setTimeout(() => child?.kill("SIGKILL"), PATIENCE_MILLIS);
      await ended;
      clearTimeout(timer);
    },
    isRunning: () => runs() && isRunning(child?.pid as number),
    pid: () => {
      if (!runs()) throw new Error(`"${options.command}" does not run`);
      return child?.pid as number;
    },
    unexpectedEnd: () => unexpected,
    log: () => readFileSync(options.logFile, "utf8"),
  };
}
