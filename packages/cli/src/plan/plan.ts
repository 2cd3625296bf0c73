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
  /** Who changed the live object last, as far as the server says. */
  readonly changedBy?: string | undefined;
  readonly place?: Place | undefined;
}

/** A change that is wanted and not made: the object is of somebody else, or cannot be written. */
export interface BlockedChange {
  readonly change: Change;
  readonly reason: string;
  /** What makes it possible. */
  readonly advice: string;
}

/** What `apply` would do. A value: it can be printed, saved, compared. */
export interface Plan {
  readonly target: string;
  /** What the server calls itself. */
  readonly version: string;
  /** Digest of the live state that was read and of what is wanted; a stale one is refused. */
  readonly token: string;
  /** In the order in which they are carried out. Deletions only with --prune. */
  readonly changes: readonly Change[];
  /** `apply` writes nothing while there are any. */
  readonly blocked: readonly BlockedChange[];
  /** Ours, live and no longer wanted; they stay unless --prune is given. */
  readonly orphans: readonly Change[];
  readonly unchanged: number;
  readonly foreign: number;
  /** Secrets of which nothing can be said, because their values are not at hand: `contacts["chat"].slack`. */
  readonly unknownSecrets: readonly string[];
  /** What could not be read, and why: never taken for missing. */
  readonly notObserved: readonly { readonly kind: ResourceKind; readonly reason: string }[];
  readonly warnings: readonly string[];
  readonly requests: number;
}
