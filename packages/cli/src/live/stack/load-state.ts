import type { Source } from "../../compile/model.ts";
import { ALERTMANAGER_FILE } from "../../emit/stack/alertmanager-files.ts";
import { RULE_FILE } from "../../emit/stack/rule-files.ts";
import type { Resource } from "../../plan/resource.ts";
import { alertmanagerHash } from "./alertmanager-hash.ts";
import { findUnloaded, readLoadedGroups } from "./loaded-rules.ts";
import { findComplaint, LOKI_LOADED, PROMETHEUS_LOADED } from "./reload.ts";
import type { AlertServer, RunningServer, RunningStack } from "./running-servers.ts";
import { readServerMetric } from "./server-metrics.ts";
import type { StackText } from "./stack-texts.ts";

export interface LoadState {
  /** Objects of the files that their server does not have as they stand there. */
  readonly unloaded: ReadonlySet<Resource>;
  /** Servers that have not read their files since these were written. */
  readonly behind: readonly AlertServer[];
  readonly warnings: readonly string[];
  readonly requests: number;
}

type Texts = ReadonlyMap<string, StackText>;

/** What the running servers really have, beside what is written for them. */
export async function readLoadState(
  running: RunningStack,
  texts: Texts,
  resources: readonly Resource[],
): Promise<LoadState> {
  const parts = await Promise.all([
    readRulesState("prometheus", PROMETHEUS_LOADED, running, texts, resources),
    readRulesState("loki", LOKI_LOADED, running, texts, resources),
    readAlertmanagerState(running, texts),
  ]);
  return {
    unloaded: new Set(parts.flatMap(({ unloaded }) => [...unloaded])),
    behind: parts.flatMap(({ behind }) => behind),
    warnings: parts.flatMap(({ warnings }) => warnings),
    requests: parts.reduce((sum, { requests }) => sum + requests, 0),
  };
}

const NOTHING: LoadState = { unloaded: new Set(), behind: [], warnings: [], requests: 0 };
/** Clocks of files and of servers are the same, but not of the same grain. */
const GRAIN_MILLIS = 20;

async function readRulesState(
  source: Source,
  loadedMetric: string,
  running: RunningStack,
  texts: Texts,
  resources: readonly Resource[],
): Promise<LoadState> {
  const server = running.servers.get(source);
  if (server === undefined) return NOTHING;
  const [groups, loadedSeconds] = await Promise.all([
    readLoadedGroups(source, server.url),
    readServerMetric(server.url, loadedMetric),
  ]);
  if (groups.status !== "ok") return silent(source, 2);
  const ours = resources.filter(({ owner, body }) => owner === "ours" && body["source"] === source);
  const unloaded = findUnloaded(ours, groups.value);
  const text = texts.get(RULE_FILE[source]);
  const isOld =
    text !== undefined && text.changedUnixMillis > (loadedSeconds ?? 0) * 1_000 + GRAIN_MILLIS;
  const isBehind =
    unloaded.size > 0 ||
    (isOld && (source === "prometheus" || (await isUnread(server, text.changedUnixMillis))));
  return { unloaded, behind: isBehind ? [source] : [], warnings: [], requests: 2 };
}

/** A poll of Loki, and a little more. */
const LOKI_POLL_MILLIS = 17_000;

/**
 * Loki says nothing of a file that means the same as what it has. So one that is older than a poll
 * was read, unless the last poll complained.
 */
async function isUnread(server: RunningServer, changedUnixMillis: number): Promise<boolean> {
  if (Date.now() - changedUnixMillis < LOKI_POLL_MILLIS) return true;
  return findComplaint("loki", await server.recentLog(LOKI_POLL_MILLIS)) !== undefined;
}

async function readAlertmanagerState(running: RunningStack, texts: Texts): Promise<LoadState> {
  const server = running.servers.get("alertmanager");
  const text = texts.get(ALERTMANAGER_FILE)?.text;
  if (server === undefined || text === undefined) return NOTHING;
  const hash = await readServerMetric(server.url, "alertmanager_config_hash");
  if (hash === undefined) return silent("alertmanager", 1);
  const isBehind = hash !== alertmanagerHash(text);
  return { ...NOTHING, behind: isBehind ? ["alertmanager"] : [], requests: 1 };
}

function silent(name: AlertServer, requests: number): LoadState {
  const warning = `${name} runs and does not answer: whether it has loaded its files is not known`;
  return { ...NOTHING, warnings: [warning], requests };
}
