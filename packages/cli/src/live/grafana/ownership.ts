import type { Resource } from "../../plan/resource.ts";
import { ownerOf } from "./common-objects.ts";
import type { Manifest, RecordedKind } from "./manifest.ts";
import type { KnownSecret } from "./secret-marks.ts";

export interface Ownership {
  readonly project: string;
  /** Marks our dashboards. */
  readonly tag: string;
  readonly manifest: Manifest;
  /** `kind id` of what other projects' manifests name. */
  readonly others: ReadonlySet<string>;
  /** Wanted objects, by kind and id. */
  readonly wanted: ReadonlyMap<string, Resource>;
  /** What is known of a secret, by {@link secretName}. */
  readonly secrets: ReadonlyMap<string, KnownSecret>;
}

export function recordedOwner(
  kind: RecordedKind,
  id: string,
  { manifest, others, wanted }: Ownership,
): Resource["owner"] {
  const key = `${kind} ${id}`;
  return ownerOf(kind, id, {
    isWanted: wanted.has(key),
    isOwn: manifest.owned[kind].includes(id),
    isOthers: others.has(key),
  });
}
