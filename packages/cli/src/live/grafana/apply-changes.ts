import { setTimeout as wait } from "node:timers/promises";
import { diffBodies } from "../../plan/diff-bodies.ts";
import type { Change } from "../../plan/plan.ts";
import { keyOf } from "../../plan/plan-changes.ts";
import { isSecretMark, type Json, type Resource } from "../../plan/resource.ts";
import type { AppliedChange, ApplyResult, ChangeOutcome } from "../../plan/target.ts";
import { parseReference } from "../../spec/reference.ts";
import { resolveSecret } from "../resolve-secret.ts";
import type { Answer, AnswerFault } from "./answer.ts";
import { isObject } from "./api-object.ts";
import { type ApplyRun, createApplyRun } from "./apply-run.ts";
import { createBookkeeper } from "./bookkeeper.ts";
import { canonicalGrafana } from "./canonical.ts";
import type { GrafanaClient } from "./client.ts";
import type { Manifest } from "./manifest.ts";
import { mergeTree, type PolicyNode } from "./policy-tree.ts";
import { dashboardsPath, fromApis, fromLegacy } from "./read-dashboards.ts";
import {
  deleteRequest,
  intervalRequest,
  policyRequest,
  type WriteRequest,
  writeRequest,
} from "./requests.ts";
import { readRuleProblems } from "./rule-health.ts";
import type { Snapshot } from "./snapshot.ts";
import type { Strain } from "./strain.ts";
import { REDACTED } from "./to-resources.ts";
import { dashboardApiVersion } from "./version.ts";

export interface ApplyInput {
  readonly client: GrafanaClient;
  readonly project: string;
  readonly wanted: readonly Resource[];
  readonly snapshot: Snapshot;
  readonly manifest: Manifest;
  readonly isEditable: boolean;
  readonly env: NodeJS.ProcessEnv;
  readonly strain: Strain;
  readonly signal: AbortSignal;
}

/** How often a write to the one Alertmanager configuration is tried again when another came between. */
const CONFLICT_TRIES = 5;
const CONFLICT_WAIT_MILLIS = 100;

/**
 * Folders level by level, data sources, then one after the other what lives in the one Alertmanager
 * configuration, then rules (side by side over folders, one at a time in each), dashboards, and
 * deletions the other way round.
 */
export async function applyChanges(
  input: ApplyInput,
  changes: readonly Change[],
  onProgress: (applied: AppliedChange) => void,
): Promise<ApplyResult> {
  const before = input.client.counts().writes;
  const run = createApplyRun(input.wanted, onProgress, input.signal);
  const writes = changes.filter(({ action }) => action !== "delete");
  const deletions = changes.filter(({ action }) => action === "delete");
  const bookkeeper = createBookkeeper(input, changes);
  const opened = await bookkeeper.open();
  if (opened.status === "failed") {
    for (const change of changes) await run.attempt(change, async () => opened);
    return { applied: run.applied(), writes: input.client.counts().writes - before };
  }
  await serially(run, input, of(writes, "folder"));
  await serially(run, input, of(writes, "datasource"));
  await serially(run, input, of(writes, "template", "mute-timing", "contact-point", "policy"));
  await applyRules(run, input, of(writes, "rule", "record"));
  await inParallel(run, input, of(writes, "dashboard"));
  await inParallel(run, input, of(deletions, "dashboard", "rule", "record"));
  await serially(run, input, of(deletions, "policy", "contact-point", "mute-timing", "template"));
  await serially(run, input, of(deletions, "datasource", "folder"));
  const closed = await bookkeeper.close(run.applied());
  const problems = [
    ...(closed.status === "failed" ? [closed.reason] : []),
    ...(await readRuleProblems(input, changes)),
  ];
  return {
    applied: run.applied(),
    writes: input.client.counts().writes - before,
    ...(problems.length > 0 && { problems }),
  };
}

function of(changes: readonly Change[], ...kinds: readonly Change["kind"][]): readonly Change[] {
  return kinds.flatMap((kind) => changes.filter((change) => change.kind === kind));
}

async function serially(
  run: ApplyRun,
  input: ApplyInput,
  changes: readonly Change[],
): Promise<void> {
  for (const change of changes) {
    await run.attempt(change, (_, resource) => carryOut(input, change, resource, run));
  }
}

async function inParallel(
  run: ApplyRun,
  input: ApplyInput,
  changes: readonly Change[],
): Promise<void> {
  await Promise.all(
    changes.map((change) =>
      input.strain.limit(() =>
        run.attempt(change, (_, resource) => carryOut(input, change, resource, run)),
      ),
    ),
  );
}

function groupBy(
  changes: readonly Change[],
  keyFor: (change: Change) => string,
): ReadonlyMap<string, readonly Change[]> {
  const groups = new Map<string, Change[]>();
  for (const change of changes) {
    const key = keyFor(change);
    groups.set(key, [...(groups.get(key) ?? []), change]);
  }
  return groups;
}

/** Side by side over folders; in one folder one at a time, so that no group is written twice at once. */
async function applyRules(
  run: ApplyRun,
  input: ApplyInput,
  changes: readonly Change[],
): Promise<void> {
  const wanted = new Map(input.wanted.map((resource) => [keyOf(resource), resource]));
  const byFolder = groupBy(changes, (change) =>
    String(wanted.get(keyOf(change))?.body["folderUID"] ?? ""),
  );
  await Promise.all(
    [...byFolder.values()].map((ofFolder) =>
      input.strain.limit(() => applyFolder(run, input, ofFolder, wanted)),
    ),
  );
}

async function applyFolder(
  run: ApplyRun,
  input: ApplyInput,
  changes: readonly Change[],
  wanted: ReadonlyMap<string, Resource>,
): Promise<void> {
  const byGroup = groupBy(changes, (change) =>
    String(wanted.get(keyOf(change))?.body["ruleGroup"] ?? ""),
  );
  for (const [group, ofGroup] of byGroup) {
    const first = wanted.get(keyOf(ofGroup[0] as Change))?.body ?? {};
    const interval = Number(first["interval"]);
    const folder = String(first["folderUID"]);
    const setInterval = createIntervalStep(input, { folder, group, interval });
    for (const change of ofGroup) {
      const isLast = change === ofGroup.at(-1);
      await run.attempt(change, async (_, resource) => {
        // A rule in which only the interval differs is not written: that would reset its state.
        const isIntervalOnly = change.action === "update" && hasOnlyInterval(change);
        const outcome = isIntervalOnly
          ? ({ status: "done" } as const)
          : await carryOut(input, change, resource, run);
        setInterval.saw(change, outcome.status === "done", isIntervalOnly);
        // With the last rule, and also where the last one failed: the others want their interval.
        const set = isLast ? await setInterval.run() : ({ status: "done" } as const);
        return outcome.status === "done" ? set : outcome;
      });
    }
  }
}

/** Paths of the plan are in terms of the specification: `alerts[2].every`. */
function hasOnlyInterval({ properties }: Change): boolean {
  return properties.every(({ path }) => /(^|\.)(every|interval)$/.test(path));
}

interface GroupKey {
  readonly folder: string;
  readonly group: string;
  readonly interval: number;
}

/** A new group gets the server's default of 60 s, a moved rule keeps its old interval. */
const DEFAULT_INTERVAL_SECONDS = 60;

function createIntervalStep(
  input: ApplyInput,
  { folder, group, interval }: GroupKey,
): {
  readonly saw: (change: Change, isStored: boolean, isIntervalOnly: boolean) => void;
  readonly run: () => Promise<ChangeOutcome>;
} {
  const { snapshot } = input;
  const members = snapshot.rules.filter(
    (rule) => rule["folderUID"] === folder && rule["ruleGroup"] === group,
  );
  const stored = members.map((rule) => snapshot.intervals.get(String(rule["uid"])));
  const groupInterval = stored[0] ?? DEFAULT_INTERVAL_SECONDS;
  let isNeeded = false;
  return {
    saw: ({ id, action }, isStored, isIntervalOnly) => {
      if (!isStored) return;
      const own = action === "create" ? groupInterval : snapshot.intervals.get(id);
      if (isIntervalOnly || own !== interval) isNeeded = true;
    },
    run: async () => {
      if (!isNeeded && stored.every((seconds) => seconds === interval)) return { status: "done" };
      const hasNoProvenance =
        input.isEditable && !members.some((rule) => Boolean(rule["provenance"]));
      const request = intervalRequest(folder, group, interval, hasNoProvenance);
      return toOutcome(await send(input, request));
    },
  };
}

async function carryOut(
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
    const answer = await sendToBlob(
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
  const answer = await sendToBlob(input, change, request);
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

/** Our routes exchanged in the tree as it is now; read anew where another write came between. */
async function writePolicy(
  input: ApplyInput,
  resource: Resource | undefined,
): Promise<ChangeOutcome> {
  const routes = (resource?.body["routes"] ?? []) as unknown as readonly PolicyNode[];
  let tree: PolicyNode = input.snapshot.policy ?? {};
  for (let tries = 1; ; tries += 1) {
    const merged = mergeTree(tree, input.project, routes);
    const answer = await send(input, policyRequest(merged, tree["provenance"]));
    if (answer.status === "ok") return { status: "done" };
    if (!isLostRace(answer) || tries >= CONFLICT_TRIES) return toOutcome(answer);
    await wait(CONFLICT_WAIT_MILLIS * tries);
    const fresh = await input.client.get("/api/v1/provisioning/policies");
    if (fresh.status === "fault") return toOutcome(fresh);
    tree = isObject(fresh.value) ? (fresh.value as PolicyNode) : tree;
  }
}

const BLOB_KINDS: readonly Change["kind"][] = ["template", "mute-timing", "contact-point"];

/** The server reads, changes and writes one configuration: a lost race is tried again. */
async function sendToBlob(
  input: ApplyInput,
  { kind }: Change,
  request: WriteRequest,
): Promise<Answer> {
  for (let tries = 1; ; tries += 1) {
    const answer = await send(input, request);
    const isLost = BLOB_KINDS.includes(kind) && answer.status === "fault" && isLostRace(answer);
    if (!isLost || tries >= CONFLICT_TRIES || request.method === "POST") return answer;
    await wait(CONFLICT_WAIT_MILLIS * tries);
  }
}

/** 409 since 13; before, a lost race is 500 (store.ErrVersionLockedObjectNotFound). */
function isLostRace({ kind, code }: AnswerFault): boolean {
  return code === 409 || (kind === "server" && code === 500);
}

function send(
  { client }: ApplyInput,
  { method, path, body, headers }: WriteRequest,
): Promise<Answer> {
  return client.write(method, path, body, headers);
}

export function toOutcome(answer: Answer): ChangeOutcome {
  if (answer.status === "ok") return { status: "done" };
  const uncertain = answer.isUncertain
    ? "; it may or may not be stored, and the next plan shows which"
    : "";
  const isOvertaken = answer.kind === "conflict" && !/exist|same name/.test(answer.message);
  const conflict = isOvertaken ? "; somebody changed it meanwhile: plan and apply again" : "";
  const advice = answer.advice === undefined ? "" : `; ${answer.advice}`;
  return { status: "failed", reason: `${answer.message}${uncertain}${conflict}${advice}` };
}

/** The values of references, just before they are sent. */
function withSecrets(
  resource: Resource,
  exists: boolean,
  env: NodeJS.ProcessEnv,
):
  | { readonly status: "ok"; readonly resource: Resource }
  | { readonly status: "missing"; readonly reason: string } {
  const reasons: string[] = [];
  const fill = (value: Json): Json => {
    if (isSecretMark(value)) {
      const reference = value.$secret === true ? undefined : parseReference(value.$secret);
      const found = reference && resolveSecret(reference, env);
      if (found?.status === "ok") return found.value;
      // What is stored stays: PUT takes the stored secret for exactly this text.
      if (exists) return REDACTED;
      reasons.push(found?.reason ?? "a secret has no reference");
      return "";
    }
    if (Array.isArray(value)) return (value as readonly Json[]).map(fill);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, part]) => [key, fill(part as Json)]),
    );
  };
  const body = fill(resource.body) as Resource["body"];
  if (reasons.length > 0) return { status: "missing", reason: reasons.join("; ") };
  return { status: "ok", resource: { ...resource, body } };
}

/** Whether the server now holds just what is wanted. */
async function isStored(input: ApplyInput, resource: Resource): Promise<boolean> {
  const live = await readOne(input, resource);
  if (live === undefined) return false;
  const { properties } = diffBodies(canonicalGrafana(live).body, canonicalGrafana(resource).body);
  return properties.length === 0;
}

async function readOne(
  { client, snapshot }: ApplyInput,
  resource: Resource,
): Promise<Resource | undefined> {
  const { kind, id } = resource;
  const name = encodeURIComponent(id);
  if (kind === "rule" || kind === "record") {
    const answer = await client.get(`/api/v1/provisioning/alert-rules/${name}`);
    if (answer.status === "fault" || !isObject(answer.value)) return undefined;
    const interval = resource.body["interval"] ?? null;
    return { ...resource, body: { ...(answer.value as Resource["body"]), interval } };
  }
  if (kind === "folder") {
    const answer = await client.get(`/api/folders/${name}`);
    if (answer.status === "fault" || !isObject(answer.value)) return undefined;
    const { title, parentUid } = answer.value as { title: string; parentUid?: string };
    return { ...resource, body: { title, ...(parentUid && { parentUid }) } };
  }
  if (kind !== "dashboard") return undefined;
  const api = dashboardApiVersion(snapshot.version);
  const path = api
    ? `${dashboardsPath(api, snapshot.namespace)}/${name}`
    : `/api/dashboards/uid/${name}`;
  const answer = await client.get(path);
  if (answer.status === "fault" || !isObject(answer.value)) return undefined;
  const { json, folderUid } = api ? fromApis(answer.value) : fromLegacy(answer.value);
  const dashboard = (json ?? {}) as Json;
  return { ...resource, body: { dashboard, ...(folderUid !== undefined && { folderUid }) } };
}
