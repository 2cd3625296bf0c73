import type { Artefact } from "../../emit/artefact.ts";
import { GLOBAL_ID } from "../../emit/stack/alertmanager-resources.ts";
import { GATEWAY_ID, gatewayFiles } from "../../emit/stack/gateway-resources.ts";
import { stackFiles } from "../../emit/stack/stack-files.ts";
import type { Change } from "../../plan/plan.ts";
import { keyOf } from "../../plan/plan-changes.ts";
import type { Resource, ResourceKind } from "../../plan/resource.ts";

/** What is written now, with the changes carried out; the rest stays, whoever put it there. */
export function nextResources(
  written: readonly Resource[],
  wanted: readonly Resource[],
  changes: readonly Change[],
): readonly Resource[] {
  const deleted = new Set(changes.filter(({ action }) => action === "delete").map(keyOf));
  const changed = new Set(changes.filter(({ action }) => action !== "delete").map(keyOf));
  const ours = written.filter((each) => each.owner === "ours" || isOfAlertmanager(each));
  const kept = new Map(ours.map((resource) => [keyOf(resource), resource]));
  const inOrder = wanted
    .filter(({ kind, id }) => kind !== "setting" || id === GLOBAL_ID || id === GATEWAY_ID)
    .flatMap((resource) => {
      const key = keyOf(resource);
      const old = kept.get(key);
      kept.delete(key);
      if (changed.has(key)) return [resource];
      return old === undefined ? [] : [old];
    });
  const left = [...kept].filter(([key]) => !deleted.has(key)).map(([, resource]) => resource);
  return [...inOrder, ...left];
}

/**
 * The files to write. A file that a person made is left alone as long as nothing of it was to be
 * changed; then what that person put there stays beside what is ours.
 */
export function filesToWrite(
  next: readonly Resource[],
  written: readonly Resource[],
  changes: readonly Change[],
): readonly Artefact[] {
  const isForeign = written.some((each) => isOfAlertmanager(each) && each.owner === "foreign");
  const isDue = !isForeign || changes.some((change) => isOfAlertmanager(change));
  const ofServers = stackFiles(next).filter(
    ({ path }) => isDue || !path.startsWith("alertmanager/"),
  );
  return [...ofServers, ...gatewayFiles(next)];
}

const ALERTMANAGER_KINDS: ReadonlySet<ResourceKind> = new Set([
  "template",
  "mute-timing",
  "contact-point",
  "policy",
]);

function isOfAlertmanager({ kind, id }: Pick<Resource, "kind" | "id">): boolean {
  return ALERTMANAGER_KINDS.has(kind) || (kind === "setting" && id === GLOBAL_ID);
}
