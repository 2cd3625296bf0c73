import { projectTag } from "../../emit/grafana/dashboards.ts";
import type { Resource, ResourceKind } from "../../plan/resource.ts";
import { type Manifest, RECORDED_KINDS } from "./manifest.ts";

/** What every project's default set brings under the same name: message templates, timings, records, boards. */
export function isCommon(kind: ResourceKind, id: string): boolean {
  const kinds: readonly ResourceKind[] = ["template", "mute-timing", "record", "dashboard"];
  return kinds.includes(kind) && /^sightline(-|$)/.test(id);
}

export interface CommonFacts {
  readonly isWanted: boolean;
  readonly isOwn: boolean;
  /** Another project of Sightline has it too. */
  readonly isOthers: boolean;
}

/**
 * Whose it is, where projects have it in common: who wants it may bring it up to date, and who no
 * longer wants it leaves it to the others.
 */
export function ownerOf(
  kind: ResourceKind,
  id: string,
  { isWanted, isOwn, isOthers }: CommonFacts,
): Resource["owner"] {
  if (!isCommon(kind, id) || !isOthers) return isOwn ? "ours" : "foreign";
  return isWanted ? "ours" : "foreign";
}

/** `kind id` of everything that other projects' manifests name. */
export function recordedBy(manifests: readonly Manifest[]): ReadonlySet<string> {
  return new Set(
    manifests.flatMap(({ owned }) =>
      RECORDED_KINDS.flatMap((kind) => owned[kind].map((id) => `${kind} ${id}`)),
    ),
  );
}

export function isOfOtherProject(tags: readonly string[], ownTag: string): boolean {
  return tags.some((tag) => tag.startsWith(projectTag("")) && tag !== ownTag);
}
