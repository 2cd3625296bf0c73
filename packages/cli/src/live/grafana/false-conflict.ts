import type { Answer } from "./answer.ts";
import { isObject } from "./api-object.ts";
import type { GrafanaClient } from "./client.ts";
import { CONFLICT_TRIES, waitForOthers } from "./lost-race.ts";
import type { WriteRequest } from "./requests.ts";

/**
 * Sends a dashboard to the classic API. A Grafana on SQLite that finds its database locked repeats the
 * transaction, but has counted the version up by then, and so answers 412 although nobody wrote: with
 * several writes at once that is common. (11.0, pkg/services/dashboards/database, saveDashboard.)
 * If the stored version is still ours, it is sent again; if not, the conflict is a real one.
 */
export async function sendThroughFalseConflicts(
  client: GrafanaClient,
  { method, path, body, headers }: WriteRequest,
): Promise<Answer> {
  for (let tries = 1; ; tries += 1) {
    const answer = await client.write(method, path, body, headers);
    if (answer.status === "ok" || answer.code !== 412 || tries >= CONFLICT_TRIES) return answer;
    await waitForOthers(tries);
    if (!(await isStillOurs(client, body))) return answer;
  }
}

async function isStillOurs(client: GrafanaClient, body: unknown): Promise<boolean> {
  const { dashboard } = body as { readonly dashboard?: { uid?: string; version?: number } };
  if (dashboard?.uid === undefined || dashboard.version === undefined) return false;
  const stored = await client.get(`/api/dashboards/uid/${encodeURIComponent(dashboard.uid)}`);
  if (stored.status === "fault" || !isObject(stored.value)) return false;
  const { dashboard: live } = stored.value;
  return isObject(live) && live["version"] === dashboard.version;
}
