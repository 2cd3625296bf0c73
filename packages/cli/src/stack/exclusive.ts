import { EXIT } from "@sightline/core";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import { cleanLine } from "../report/clean-text.ts";
import { acquireLock } from "./lock.ts";
import { stackId } from "./paths.ts";

/** Runs work that changes the stack, alone: a second `up` or `down` is told who is at it. */
export async function withStackLock<T>(
  context: Context,
  command: string,
  work: () => Promise<T>,
): Promise<T> {
  if (process.platform !== "linux") {
    throw new Failure(`the stack needs Linux, this is "${process.platform}"`, {
      advice: ["run it on a Linux host or in a Linux virtual machine"],
    });
  }
  const lock = await acquireLock(`change-${stackId(context.paths)}`, {
    pid: process.pid,
    command,
    sinceUnixMillis: Date.now(),
  });
  if (lock.status === "taken") {
    const { holder } = lock;
    const who = holder
      ? `\`${context.self} ${cleanLine(holder.command)}\` (process ${holder.pid}, for ${Math.round((Date.now() - holder.sinceUnixMillis) / 1_000)} s)`
      : "another command";
    throw new Failure(`${who} is changing this stack right now`, {
      exitCode: EXIT.failure,
      advice: [
        "wait until it is done, then run the same command again",
        "for a second stack beside it, set SIGHTLINE_DATA and the SIGHTLINE_PORT_* variables",
      ],
    });
  }
  try {
    return await work();
  } finally {
    await lock.release();
  }
}
