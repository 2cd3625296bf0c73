import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { DATA_FOLDER, EXIT } from "@sightline/core";
import type { Context } from "../context.ts";
import { composeDownIfDue } from "../docker/compose.ts";
import { Failure } from "../failure.ts";
import { createProgress } from "../report/progress.ts";
import { EXAMPLE_SERVICE_NAME } from "../stack/example.ts";
import { withStackLock } from "../stack/exclusive.ts";
import { stopStack } from "../stack/start.ts";

export interface DownOptions {
  readonly deleteData?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
}

interface DownReport {
  readonly stopped: readonly string[];
  readonly deleted: readonly string[];
}

/**
 * What `--delete-data` removes below `SIGHTLINE_DATA`: what we made, never the directory of a user.
 * Other services' spools stay: they hold what was not sent yet, and are theirs.
 */
const OWN_FOLDERS = [
  DATA_FOLDER.stack,
  DATA_FOLDER.agent,
  // Not the maps beside it: they are of builds that people still have open.
  `${DATA_FOLDER.gateway}/${DATA_FOLDER.spool}`,
  `${DATA_FOLDER.spool}/${EXAMPLE_SERVICE_NAME}`,
];

/** `sightline down`: ends the stack and nothing else; the data stays unless it is asked otherwise. */
export async function downCommand(context: Context, options: DownOptions): Promise<number> {
  if (options.yes && !options.deleteData) {
    throw new Failure("--yes answers the question of --delete-data; give both or neither", {
      exitCode: EXIT.usage,
    });
  }
  if (options.deleteData) await confirmDeletion(context, options.yes === true);
  const report = await withStackLock(context, "down", async (): Promise<DownReport> => {
    const stopped = await stop(context, options.deleteData === true);
    return { stopped, deleted: options.deleteData ? deleteData(context) : [] };
  });
  context.io.out(options.json ? `${JSON.stringify(report)}\n` : describe(context, options, report));
  return EXIT.ok;
}

/** Names of what ran. */
async function stop(context: Context, withVolumes: boolean): Promise<string[]> {
  const { io, paths, paint } = context;
  let isDocker = false;
  const progress = createProgress(io, paint);
  const report = await progress.step("stopping", async (note) => {
    const stopped = await stopStack(paths);
    isDocker = await composeDownIfDue(context, withVolumes);
    note(stopped.stopped.join(", "));
    return stopped;
  });
  if (report.left.length > 0) {
    throw new Failure(`could not end ${report.left.join(", ")}: not a process of this user`, {
      advice: ["run the same command as the user who started the stack"],
    });
  }
  return isDocker ? ["containers", ...report.stopped] : [...report.stopped];
}

function describe({ paths }: Context, options: DownOptions, report: DownReport): string {
  const hasStopped = report.stopped.length > 0;
  const lines = [hasStopped ? "stopped" : "nothing was running"];
  if (!options.deleteData && hasStopped) lines.push(`the data stays in ${paths.data}`);
  if (!options.deleteData) return `${lines.join("; ")}\n`;
  if (report.deleted.length === 0) lines.push("there was no data");
  else lines.push(`deleted ${report.deleted.join(" and ")}`);
  return `${lines.join("; ")}\n`;
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

/** The folders that were there. */
function deleteData(context: Context): string[] {
  const found = OWN_FOLDERS.map((name) => join(context.paths.data, name)).filter(existsSync);
  for (const folder of found) rmSync(folder, { recursive: true, force: true });
  return found;
}
