import { sendHttp } from "../../stack/http.ts";
import { waitFor } from "../../stack/wait.ts";
import type { AlertServer, RunningServer } from "./running-servers.ts";
import { readServerMetric } from "./server-metrics.ts";

export type ReloadResult =
  | { readonly status: "loaded" }
  /** It goes on with what it had. */
  | { readonly status: "refused"; readonly reason: string };

/**
 * Makes a server read its files again, and waits until it says that it has. `sinceUnixMillis`: when
 * the newest of them was written.
 */
export function reloadServer(
  server: RunningServer,
  sinceUnixMillis: number,
): Promise<ReloadResult> {
  return RELOADS[server.name](server, sinceUnixMillis);
}

const RELOADS: {
  readonly [name in AlertServer]: (server: RunningServer, since: number) => Promise<ReloadResult>;
} = {
  prometheus: reloadPrometheus,
  loki: awaitLoki,
  // Both answer with their reason, and have this without any switch.
  alertmanager: reloadByHttp,
  blackbox: reloadByHttp,
};

const RELOAD_TIMEOUT_MILLIS = 30_000;
/** It looks at its rules every 15 s (provisioning/loki/config.yaml), and later where the machine is busy. */
const LOKI_TIMEOUT_MILLIS = 60_000;
/** Reading its rules takes it milliseconds. */
const LOKI_SYNC_MILLIS = 1_500;

export const PROMETHEUS_LOADED = "prometheus_config_last_reload_success_timestamp_seconds";
const PROMETHEUS_WELL = "prometheus_config_last_reload_successful";
const LOKI_SYNCS = "loki_ruler_sync_rules_total";
export const LOKI_LOADED = "loki_ruler_config_last_reload_successful_seconds";

async function reloadPrometheus(server: RunningServer): Promise<ReloadResult> {
  const said = server.listen();
  const before = await readServerMetric(server.url, PROMETHEUS_LOADED);
  if (!(await server.hangUp())) {
    return {
      status: "refused",
      reason: "it could not be given SIGHUP; does it run as another user?",
    };
  }
  const result = await waitFor(
    async (): Promise<ReloadResult | undefined> => {
      const loaded = await readServerMetric(server.url, PROMETHEUS_LOADED);
      if (loaded !== undefined && loaded !== before) return { status: "loaded" };
      const complaint = findComplaint("prometheus", await said());
      if (complaint === undefined) return undefined;
      const isWell = (await readServerMetric(server.url, PROMETHEUS_WELL)) === 1;
      return isWell ? undefined : { status: "refused", reason: complaint };
    },
    { timeoutMillis: RELOAD_TIMEOUT_MILLIS, everyMillis: 100 },
  );
  return result ?? silent(RELOAD_TIMEOUT_MILLIS);
}

/**
 * It polls its rules; nobody can ask it to. A file that it cannot read is said in its log alone, at
 * each poll; one that means the same as before is not said at all. So a whole poll is waited for.
 */
async function awaitLoki(server: RunningServer, since: number): Promise<ReloadResult> {
  const said = server.listen();
  const before = (await readServerMetric(server.url, LOKI_SYNCS)) ?? 0;
  const result = await waitFor(() => judgeLoki(server, since, said, before), {
    timeoutMillis: LOKI_TIMEOUT_MILLIS,
    everyMillis: 250,
  });
  if (result === undefined) return silent(LOKI_TIMEOUT_MILLIS);
  if (result !== "synced") return result;
  const late = await waitFor(
    async () => {
      const now = await judgeLoki(server, since, said, before);
      return now === "synced" ? undefined : now;
    },
    { timeoutMillis: LOKI_SYNC_MILLIS },
  );
  return late ?? { status: "loaded" };
}

async function judgeLoki(
  { url }: RunningServer,
  since: number,
  said: () => Promise<readonly string[]>,
  syncsBefore: number,
): Promise<ReloadResult | "synced" | undefined> {
  const loaded = await readServerMetric(url, LOKI_LOADED);
  if (loaded !== undefined && loaded * 1_000 >= since) return { status: "loaded" };
  const complaint = findComplaint("loki", await said());
  if (complaint !== undefined) return { status: "refused", reason: complaint };
  const syncs = await readServerMetric(url, LOKI_SYNCS);
  return syncs !== undefined && syncs > syncsBefore ? "synced" : undefined;
}

async function reloadByHttp({ url }: RunningServer): Promise<ReloadResult> {
  const answer = await sendHttp({
    url: `${url}/-/reload`,
    method: "POST",
    timeoutMillis: RELOAD_TIMEOUT_MILLIS,
  });
  if (answer.status === "answered" && answer.code === 200) return { status: "loaded" };
  if (answer.status === "answered") {
    return { status: "refused", reason: answer.body.trim().slice(0, 2_000) };
  }
  return {
    status: "refused",
    reason: answer.status === "no-answer" ? answer.reason : "its answer was too long",
  };
}

/** Log lines in which a server says that it did not take its files. */
const COMPLAINT: { readonly [name in AlertServer]: RegExp } = {
  prometheus: /Error (?:re)?loading config|loading groups failed|failed to apply configuration/i,
  loki: /unable to list rules|unable to update rule manager|unable to map rule files/,
  alertmanager: /Loading configuration file failed|failed to (?:re)?load config/i,
  blackbox: /Error (?:re)?loading config/i,
};

/** What it said against its files, if it did. */
export function findComplaint(name: AlertServer, lines: readonly string[]): string | undefined {
  const relevant = lines.filter((line) => COMPLAINT[name].test(line));
  // The first line names the file and the place, the last one only that it did not work.
  const line = relevant.find((text) => /\berr(?:or)?=/.test(text)) ?? relevant.at(-1);
  if (line === undefined) return undefined;
  const [, quoted, bare] = /\berr(?:or)?=(?:"((?:[^"\\]|\\.)*)"|(\S+))/.exec(line) ?? [];
  if (quoted !== undefined) return quoted.replaceAll(/\\(["\\])/g, "$1").slice(0, 2_000);
  return (bare ?? line).slice(0, 2_000);
}

function silent(millis: number): ReloadResult {
  return { status: "refused", reason: `it said nothing within ${millis / 1_000} s` };
}
