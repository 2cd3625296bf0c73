import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { EXIT } from "@sightline/core";
import type { Context } from "../context.ts";
import { composeDown, readDockerServers } from "../docker/compose.ts";
import { Failure } from "../failure.ts";
import { createProgress } from "../report/progress.ts";
import { withStackLock } from "../stack/exclusive.ts";
import { readSpec } from "../stack/spec.ts";
import { stopStack } from "../stack/start.ts";

export interface DownOptions {
  readonly deleteData?: boolean;
  readonly yes?: boolean;
}

/** What `--delete-data` removes below `SIGHTLINE_DATA`: what we made, never the directory of a user. */
const OWN_FOLDERS = ["stack", "spool"];

/** `sightline down`: ends the stack and nothing else; the data stays unless it is asked otherwise. */
export async function downCommand(context: Context, options: DownOptions): Promise<number> {
  if (options.yes && !options.deleteData) {
    throw new Failure("--yes answers the question of --delete-data; give both or neither", {
      exitCode: EXIT.usage,
    });
  }
  if (options.deleteData) await confirmDeletion(context, options.yes === true);
  await withStackLock(context, "down", async () => {
    await stop(context, options.deleteData === true);
    if (options.deleteData) await deleteData(context);
  });
  return EXIT.ok;
}

async function stop(context: Context, withVolumes: boolean): Promise<void> {
  const { io, paths, paint } = context;
  const isDockerMode = readSpec(paths.spec)?.mode === "docker";
  // Volumes outlive their containers, so deleting needs the engine also when nothing runs.
  const isDocker = isDockerMode && (withVolumes || (await readDockerServers(context)).length > 0);
  const progress = createProgress(io, paint);
  const report = await progress.step("stopping", async (note) => {
    const stopped = await stopStack(paths);
    if (isDocker) await composeDown(context, withVolumes);
    note(stopped.stopped.join(", "));
    return stopped;
  });
  if (report.left.length > 0) {
    throw new Failure(`could not end ${report.left.join(", ")}: not a process of this user`, {
      advice: ["run the same command as the user who started the stack"],
    });
  }
  if (report.stopped.length === 0 && !isDocker) return io.out("nothing was running\n");
  io.out(`stopped${withVolumes ? "" : `; the data stays in ${paths.data}`}\n`);
}

async function confirmDeletion(context: Context, isConfirmed: boolean): Promise<void> {
  if (isConfirmed) return;
  const answer = await context.io.ask(
    `This deletes all logs, metrics and example data in ${context.paths.data}. Type "delete" to go on: `,
  );
  if (answer === undefined) {
    throw new Failure("--delete-data asks first, and there is no terminal to answer on", {
      exitCode: EXIT.usage,
      advice: [`${context.self} down --delete-data --yes   deletes without asking`],
    });
  }
  if (answer.trim() !== "delete") throw new Failure("nothing was stopped and nothing was deleted");
}

async function deleteData(context: Context): Promise<void> {
  const found = OWN_FOLDERS.map((name) => join(context.paths.data, name)).filter(existsSync);
  for (const folder of found) rmSync(folder, { recursive: true, force: true });
  context.io.out(found.length === 0 ? "there was no data\n" : `deleted ${found.join(" and ")}\n`);
}
