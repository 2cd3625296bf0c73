import { diffBodies } from "./diff-bodies.ts";
import type { BlockedChange, Change, Plan, PropertyChange } from "./plan.ts";
import { RESOURCE_KINDS, type Resource, type ResourceKind } from "./resource.ts";
import { specPath } from "./spec-path.ts";
import type { LiveState, Target } from "./target.ts";
import { planToken } from "./token.ts";

export interface PlanOptions {
  /** Ours that is no longer wanted is deleted. */
  readonly prune: boolean;
  /** Objects of others that have the id of a wanted one are taken over. */
  readonly adopt: boolean;
}

/**
 * One is enough for all, where it is just what is wanted: a folder, and what every project's default
 * set has alike. Not rules, contact points and routes, whose marks say whom they tell.
 */
const SHARED: ReadonlySet<ResourceKind> = new Set([
  "folder",
  "datasource",
  "template",
  "mute-timing",
  "record",
  "dashboard",
]);

type Wanted = Pick<Target, "name" | "wanted" | "canonical">;
type Verdict =
  | { readonly kind: "unchanged" }
  | { readonly kind: "change"; readonly change: Change }
  | { readonly kind: "blocked"; readonly blocked: BlockedChange };

/** What has to happen so that the target holds what is wanted. Pure. */
export function planChanges(target: Wanted, live: LiveState, options: PlanOptions): Plan {
  const found = new Map(live.resources.map((resource) => [keyOf(resource), resource]));
  const wantedKeys = new Set(target.wanted.map(keyOf));
  const canonical = remember(target.canonical);
  const unread = new Map(live.notObserved.map(({ kind, reason }) => [kind, reason]));
  const unknownSecrets: string[] = [];
  const changes: Change[] = [];
  const blocked: BlockedChange[] = [];
  let unchanged = 0;
  for (const wanted of inOrder(target.wanted)) {
    const reason = unread.get(wanted.kind);
    const verdict: Verdict =
      reason === undefined
        ? judge(wanted, found.get(keyOf(wanted)))
        : { kind: "blocked", blocked: notObserved(wanted, reason) };
    if (verdict.kind === "unchanged") unchanged += 1;
    else if (verdict.kind === "change") changes.push(verdict.change);
    else blocked.push(verdict.blocked);
  }
  const left = live.resources.filter((resource) => !wantedKeys.has(keyOf(resource)));
  const ours = inOrder(left.filter(({ owner }) => owner === "ours")).reverse();
  const deletions = ours.filter(({ locked }) => locked === undefined).map(deletion);
  const relevant = live.resources.filter(
    (resource) => resource.owner === "ours" || wantedKeys.has(keyOf(resource)),
  );
  return {
    target: target.name,
    version: live.version,
    token: planToken(target.name, target.wanted.map(canonical), relevant.map(canonical)),
    changes: options.prune ? [...changes, ...deletions] : changes,
    blocked,
    orphans: options.prune ? [] : deletions,
    unchanged,
    foreign: left.length - ours.length,
    unknownSecrets,
    notObserved: live.notObserved,
    warnings: live.warnings ?? [],
    requests: live.requests,
  };

  function judge(wanted: Resource, old: Resource | undefined): Verdict {
    const isForeign = old?.owner === "foreign" && !wanted.isNamed;
    const diff = diffBodies(old && canonical(old).body, canonical(wanted).body);
    unknownSecrets.push(...diff.unknownSecrets.map((path) => specPath(wanted, path)));
    if (old && diff.properties.length === 0 && (!isForeign || SHARED.has(wanted.kind))) {
      return { kind: "unchanged" };
    }
    const properties = diff.properties.map((property) => inSpecTerms(wanted, property));
    const action = old === undefined ? "create" : isForeign ? "adopt" : "update";
    const changedBy = old?.changedBy === undefined ? {} : { changedBy: old.changedBy };
    const change: Change = { ...describe(wanted), action, properties, ...changedBy };
    if (old?.locked !== undefined) {
      const advice = "change it where it comes from, or give it another name in the specification";
      return { kind: "blocked", blocked: { change, reason: old.locked, advice } };
    }
    if (isForeign && !options.adopt) {
      const reason = `it is there already and ${old.heldBy === undefined ? "not marked as this project's" : `marked as that of ${old.heldBy}`}`;
      const advice = "--adopt takes it over as shown; another name or uid leaves it alone";
      return { kind: "blocked", blocked: { change, reason, advice } };
    }
    return { kind: "change", change };
  }
}

/** Each is needed for the comparison and for the token. */
function remember(canonical: Target["canonical"]): Target["canonical"] {
  const known = new Map<Resource, Resource>();
  return (resource) => {
    const found = known.get(resource) ?? canonical(resource);
    known.set(resource, found);
    return found;
  };
}

function inSpecTerms(wanted: Resource, property: PropertyChange): PropertyChange {
  return { ...property, path: specPath(wanted, property.path) };
}

function notObserved(wanted: Resource, reason: string): BlockedChange {
  return {
    change: { ...describe(wanted), action: "create", properties: [] },
    reason: `what is there could not be read: ${reason}`,
    advice: "nothing is taken for missing that could not be looked for",
  };
}

function deletion(resource: Resource): Change {
  const { changedBy } = resource;
  return {
    ...describe(resource),
    action: "delete",
    properties: [],
    ...(changedBy !== undefined && { changedBy }),
  };
}

function describe({ kind, id, title, place }: Resource): Omit<Change, "action" | "properties"> {
  return { kind, id, title, ...(place && { place }) };
}

export function keyOf({ kind, id }: { readonly kind: ResourceKind; readonly id: string }): string {
  return `${kind} ${id}`;
}

/** By kind, and as given within it: emitters put parents before children. */
function inOrder(resources: readonly Resource[]): Resource[] {
  const rank = (kind: ResourceKind): number => RESOURCE_KINDS.indexOf(kind);
  return [...resources].sort((left, right) => rank(left.kind) - rank(right.kind));
}
