import { spawn } from "node:child_process";
import { join } from "node:path";
import { endAtExit } from "../at-exit.ts";

export interface CliRun {
  readonly code: number | null;
  readonly seconds: number;
  readonly out: string;
}

/** The built CLI as a process of its own, start of Node included. */
export function runCli(
  root: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<CliRun> {
  const { PATH, HOME } = process.env;
  const startedAt = performance.now();
  const child = spawn(process.execPath, [join(root, "packages/cli/dist/main.js"), ...args], {
    env: { PATH, HOME, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  endAtExit(child);
  let out = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      out += text;
    });
  }
  return new Promise((resolve) => {
    child.once("close", (code) => {
      resolve({ code, seconds: (performance.now() - startedAt) / 1000, out });
    });
  });
}

export async function expectCode(run: Promise<CliRun>, code: number): Promise<CliRun> {
  const done = await run;
  if (done.code === code) return done;
  throw new Error(`the command ended with ${done.code} in place of ${code}: ${tail(done.out)}`);
}

function tail(text: string): string {
  return text.trim().split("\n").slice(-8).join("\n");
}
