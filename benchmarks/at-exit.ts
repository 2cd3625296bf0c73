import type { ChildProcess } from "node:child_process";

type Task = () => Promise<void>;

const tasks = new Set<Task>();

/** Runs `task` when the answer is called, or at Ctrl-C, whichever comes first; never twice. */
export function atExit(task: Task): Task {
  tasks.add(task);
  return async () => {
    if (tasks.delete(task)) await task();
  };
}

export interface EndOptions {
  /** It was started `detached`: what it started in turn ends with it. */
  readonly leadsGroup?: boolean;
  readonly signal?: NodeJS.Signals;
}

/** Ends a child should the benchmark end before it does. */
export function endAtExit(
  child: ChildProcess,
  { leadsGroup = false, signal = "SIGINT" }: EndOptions = {},
): void {
  const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const task: Task = async () => {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    try {
      process.kill(leadsGroup ? -child.pid : child.pid, signal);
    } catch {
      return;
    }
    await closed;
  };
  tasks.add(task);
  child.once("close", () => tasks.delete(task));
}

/** Last in, first out: what a stack serves ends before the stack does. */
async function runTasks(): Promise<void> {
  for (const task of [...tasks].reverse()) {
    if (!tasks.delete(task)) continue;
    try {
      await task();
    } catch (error) {
      process.stderr.write(`could not clean up: ${String(error)}\n`);
    }
  }
}

let isInterrupted = false;

/** True from the first Ctrl-C on: what fails now fails because its servers are being ended. */
export function wasInterrupted(): boolean {
  return isInterrupted;
}

/** Ctrl-C, and a bug of ours: neither may leave servers behind. */
export function cleanUpOnEveryExit(interruptedCode: number): void {
  process.once("uncaughtException", (error) => {
    process.stderr.write(`${error.stack ?? error}\n`);
    void runTasks().then(() => process.exit(1));
  });
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      if (isInterrupted) return;
      isInterrupted = true;
      process.stderr.write("\ninterrupted: ending what was started…\n");
      void runTasks().then(() => process.exit(interruptedCode));
    });
  }
}
