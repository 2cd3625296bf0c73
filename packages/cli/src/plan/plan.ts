import type { Place } from "../fault.ts";
import type { ResourceKind } from "./resource.ts";

export type ChangeAction = "create" | "update" | "adopt" | "delete";

export interface PropertyChange {
  /** In terms of the specification where it is known (`alerts["Slow answers"].when`), else of the object. */
  readonly path: string;
  /** As people read it; undefined: not there. A secret's value never stands here. */
  readonly before: string | undefined;
  readonly after: string | undefined;
  readonly isSecret: boolean;
}

export interface Change {
  readonly action: ChangeAction;
  readonly kind: ResourceKind;
  readonly id: string;
  readonly title: string;
  readonly properties: readonly PropertyChange[];
  readonly place?: Place | undefined;
}

/** What `apply` would do. A value: it can be printed, saved, compared. */
export interface Plan {
  readonly target: string;
  /** Digest of the live state that was read and of what is wanted; a stale one is refused. */
  readonly token: string;
  /** In the order in which they are carried out. Deletions only with --prune. */
  readonly changes: readonly Change[];
  /** Ours, live and no longer wanted; they stay unless --prune is given. */
  readonly orphans: readonly Change[];
  readonly unchanged: number;
  readonly foreign: number;
  /** What could not be read, and why: never taken for missing. */
  readonly notObserved: readonly { readonly kind: ResourceKind; readonly reason: string }[];
  readonly requests: number;
}
