import type { Change } from "../../plan/plan.ts";
import { keyOf } from "../../plan/plan-changes.ts";
import type { Resource } from "../../plan/resource.ts";
import type { ChangeOutcome } from "../../plan/target.ts";
import type { Answer } from "./answer.ts";
import type { ApplyInput } from "./apply-input.ts";
import type { ApplyRun } from "./apply-run.ts";
import { sendThroughFalseConflicts } from "./false-conflict.ts";
import { withSecrets } from "./fill-secrets.ts";
import { sendThroughRaces } from "./lost-race.ts";
import { send, toOutcome } from "./outcome.ts";
import { CLASSIC_DASHBOARDS, deleteRequest, type WriteRequest, writeRequest } from "./requests.ts";
import type { Snapshot } from "./snapshot.ts";
import { isStored } from "./stored-object.ts";
import { writePolicy } from "./write-policy.ts";

export async function carryOut(
  input: ApplyInput,
  change: Change,
  resource: Resource | undefined,
  run: ApplyRun,
): Promise<ChangeOutcome> {
  if (change.kind === "policy") return await writePolicy(input, resource);
  const exists = isThere(input.snapshot, change);
  const { snapshot, isEditable } = input;
  if (resource === undefined) {
    const reason = reasonToKeep(input, change, run);
    if (reason !== undefined) return { status: "skipped", reason };
    const answer = await sendOne(
      input,
      change,
      deleteRequest(change, { snapshot, isEditable, exists }),
    );
    // Somebody else was faster; it is gone, as wanted.
    if (answer.status === "fault" && answer.kind === "missing") return { status: "done" };
    return toOutcome(answer);
  }
  const ready = withSecrets(resource, exists, input.env);
  if (ready.status === "missing") return { status: "failed", reason: ready.reason };
  const request = writeRequest(ready.resource, { snapshot, isEditable, exists });
  const answer = await sendOne(input, change, request);
  if (answer.status === "ok") return await moveFolder(input, resource, exists);
  // Another apply may have stored the same at the same time, or the answer was lost on its way.
  const isAmbiguous = answer.isUncertain || ["conflict", "refused", "server"].includes(answer.kind);
  if (isAmbiguous && (await isStored(input, resource))) return { status: "done" };
  return toOutcome(answer);
}

/** A folder's place has a request of its own. */
async function moveFolder(
  input: ApplyInput,
  { kind, id, body }: Resource,
  exists: boolean,
): Promise<ChangeOutcome> {
  if (kind !== "folder" || !exists) return { status: "done" };
  const live = input.snapshot.folders.find((folder) => folder["uid"] === id);
  const parentUid = String(body["parentUid"] ?? "");
  if (String(live?.["folderUid"] ?? "") === parentUid) return { status: "done" };
  const path = `/api/folders/${encodeURIComponent(id)}/move`;
  return toOutcome(await send(input, { method: "POST", path, body: { parentUid } }));
}

function isThere(
  { folders, datasources, templates, muteTimings, contactPoints, rules, dashboards }: Snapshot,
  change: Change,
): boolean {
  const has = (list: readonly Readonly<Record<string, unknown>>[], key: string): boolean =>
    list.some((object) => object[key] === change.id);
  switch (change.kind) {
    case "folder":
      return has(folders, "uid");
    case "datasource":
      return has(datasources, "uid");
    case "template":
      return has(templates, "name");
    case "mute-timing":
      return has(muteTimings, "name");
    case "contact-point":
      return has(contactPoints, "uid");
    case "dashboard":
      return dashboards.some(({ uid }) => uid === change.id);
    default:
      return has(rules, "uid");
  }
}

/** Deleting a folder deletes what lies in it, so it goes only when nothing of others does. */
function reasonToKeep({ snapshot }: ApplyInput, change: Change, run: ApplyRun): string | undefined {
  if (change.kind !== "folder") return undefined;
  const done = new Set(
    run
      .applied()
      .filter((applied) => applied.change.action === "delete" && applied.outcome.status === "done")
      .map((applied) => keyOf(applied.change)),
  );
  const left =
    snapshot.dashboards.filter(
      ({ uid, folderUid }) => folderUid === change.id && !done.has(`dashboard ${uid}`),
    ).length +
    snapshot.rules.filter(
      (rule) =>
        rule["folderUID"] === change.id &&
        !done.has(`rule ${rule["uid"]}`) &&
        !done.has(`record ${rule["uid"]}`),
    ).length +
    snapshot.folders.filter(
      (folder) => folder["folderUid"] === change.id && !done.has(`folder ${folder["uid"]}`),
    ).length;
  return left === 0 ? undefined : `it is not empty: ${left} of others lie in it`;
}

const BLOB_KINDS: readonly Change["kind"][] = ["template", "mute-timing", "contact-point"];

function sendOne(input: ApplyInput, { kind }: Change, request: WriteRequest): Promise<Answer> {
  if (request.path === CLASSIC_DASHBOARDS) return sendThroughFalseConflicts(input.client, request);
  return BLOB_KINDS.includes(kind) ? sendThroughRaces(input.client, request) : send(input, request);
}
