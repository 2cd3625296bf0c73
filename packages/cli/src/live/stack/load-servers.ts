import { utimesSync } from "node:fs";
import { join } from "node:path";
import type { Context } from "../../context.ts";
import { LOKI_LOADED, reloadServer } from "./reload.ts";
import {
  type AlertServer,
  findRunningStack,
  type RunningServer,
  type RunningStack,
} from "./running-servers.ts";
import { readServerMetric } from "./server-metrics.ts";
import { readStackTexts, renderedFolder } from "./stack-texts.ts";

/** A server that did not take its files, and goes on with what it had. */
export interface Refusal {
  readonly server: AlertServer;
  readonly reason: string;
}

/**
 * Makes those of the servers that run read their files again; gives those that did not. Loki, which
 * takes its time, comes last: where another one refuses, nobody waits for it.
 */
export async function loadServers(
  context: Context,
  running: RunningStack,
  due: ReadonlySet<AlertServer>,
): Promise<readonly Refusal[]> {
  const quick = [...due].filter((name) => name !== "loki");
  const refusals = await loadEach(context, running, quick);
  if (refusals.length > 0 || !due.has("loki")) return refusals;
  return loadEach(context, running, ["loki"]);
}

async function loadEach(
  { paths }: Context,
  running: RunningStack,
  due: readonly AlertServer[],
): Promise<readonly Refusal[]> {
  const texts = readStackTexts(paths, running.mode);
  const results = await Promise.all(
    due.map(async (name): Promise<Refusal | undefined> => {
      const server = running.servers.get(name);
      if (server === undefined) return undefined;
      const times = [...texts]
        .filter(([path]) => path.startsWith(`${name}/`))
        .map(([, { changedUnixMillis }]) => changedUnixMillis);
      const result = await reloadServer(server, Math.max(0, ...times));
      if (result.status === "loaded" && name === "loki") await dateAsRead(paths, running, server);
      return result.status === "refused" ? { server: name, reason: result.reason } : undefined;
    }),
  );
  return results.filter((refusal) => refusal !== undefined);
}

/**
 * Loki does not say that it has read a file which means the same as before. By its date the file then
 * is no newer than what Loki has, and the next one who looks need not wait for a poll.
 */
async function dateAsRead(
  paths: Context["paths"],
  { mode }: RunningStack,
  server: RunningServer,
): Promise<void> {
  const loadedSeconds = await readServerMetric(server.url, LOKI_LOADED);
  if (loadedSeconds === undefined) return;
  const folder = renderedFolder(paths, mode);
  for (const [path, { changedUnixMillis }] of readStackTexts(paths, mode)) {
    if (!path.startsWith("loki/") || changedUnixMillis <= loadedSeconds * 1_000) continue;
    utimesSync(join(folder, path), loadedSeconds, loadedSeconds);
  }
}

/** After `up` has written their files anew: whoever went on running has to be told. */
export async function loadRendered(
  context: Context,
  changed: readonly string[],
): Promise<readonly Refusal[]> {
  if (changed.length === 0) return [];
  const running = await findRunningStack(context);
  const due = [...running.servers.keys()].filter((name) => changed.includes(name));
  return loadServers(context, running, new Set(due));
}
