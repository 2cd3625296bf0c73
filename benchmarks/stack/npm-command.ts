import { spawn } from "node:child_process";
import { endAtExit } from "../at-exit.ts";

export interface CommandResult {
  readonly seconds: number;
  /** Steps that the command announced as done, with the time it says they took. */
  readonly steps: readonly { readonly title: string; readonly time: string }[];
}

/** Runs a command in a process group of its own, timed; rejects with its output if it fails. */
export function runTimed(
  command: string,
  args: readonly string[],
  options: { cwd: string; env: NodeJS.ProcessEnv; note?: (text: string) => void },
): Promise<CommandResult> {
  const startedMillis = performance.now();
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: options.env,
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  endAtExit(child, { leadsGroup: true });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => {
    output += chunk;
  });
  child.stderr.on("data", (chunk: Buffer) => {
    output += chunk;
    options.note?.(chunk.toString().trimEnd());
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      const seconds = (performance.now() - startedMillis) / 1000;
      if (code === 0) return resolve({ seconds, steps: findSteps(output) });
      reject(
        new Error(`${command} ${args.join(" ")} ended with ${code}:\n${output.slice(-4_000)}`),
      );
    });
  });
}

const DONE = /^✓ (.+?) (\d[\d.]*\s?(?:ms|s|m|h)(?: \d+s)?)$/;

/** Lines such as `✓ starting the servers 2.4s`. */
export function findSteps(output: string): { title: string; time: string }[] {
  return output.split("\n").flatMap((line) => {
    const [, title, time] = DONE.exec(line.trimEnd()) ?? [];
    return title !== undefined && time !== undefined ? [{ title, time }] : [];
  });
}
