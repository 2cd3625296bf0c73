import { setTimeout as wait } from "node:timers/promises";
import type { Answer, AnswerFault } from "./answer.ts";
import { objects } from "./api-object.ts";
import type { GrafanaClient } from "./client.ts";
import type { WriteRequest } from "./requests.ts";

/** How often a write to the one Alertmanager configuration is tried again when another came between. */
export const CONFLICT_TRIES = 8;
/** Grows with each try, and is never the same for two that write at once. */
const CONFLICT_WAIT_MILLIS = 100;

/** 409 since 13; before, a lost race is 500 (store.ErrVersionLockedObjectNotFound). */
export function isLostRace({ kind, code }: AnswerFault): boolean {
  return code === 409 || (kind === "server" && code === 500);
}

export async function waitForOthers(tries: number): Promise<void> {
  await wait(CONFLICT_WAIT_MILLIS * tries * (0.5 + Math.random()));
}

/**
 * Sends a write to something that lives in the Alertmanager configuration, which the server reads,
 * changes and writes as one: whoever comes second is refused and has to come again. `path` of a POST is
 * its list: there is looked whether it was stored after all.
 */
export async function sendThroughRaces(
  client: GrafanaClient,
  { method, path, body, headers }: WriteRequest,
): Promise<Answer> {
  for (let tries = 1; ; tries += 1) {
    const answer = await client.write(method, path, body, headers);
    if (answer.status === "ok" || !isLostRace(answer) || tries >= CONFLICT_TRIES) return answer;
    await waitForOthers(tries);
    if (method === "POST" && (await isListed(client, path, body))) {
      return { status: "ok", code: 200, value: undefined };
    }
  }
}

async function isListed(client: GrafanaClient, path: string, body: unknown): Promise<boolean> {
  const { uid, name } = body as { readonly uid?: string; readonly name?: string };
  const list = await client.get(path);
  if (list.status === "fault") return false;
  return objects(list.value).some((found) =>
    uid === undefined ? found["name"] === name : found["uid"] === uid,
  );
}
