import type { Fault } from "../fault.ts";
import type { Change, Plan } from "./plan.ts";
import type { Resource, ResourceKind } from "./resource.ts";

export interface LiveState {
  readonly resources: readonly Resource[];
  readonly notObserved: Plan["notObserved"];
  /** What the server calls itself: "Grafana 12.4.0", "embedded stack". */
  readonly version: string;
  readonly requests: number;
  /** What will not work as it is: a data source that is not there. One line each. */
  readonly warnings?: readonly string[];
}

export type ReadLiveResult =
  | { readonly status: "ok"; readonly live: LiveState }
  /** exitCode: EXIT.notAuthorised, unsupportedVersion, noAnswer or failure. */
  | {
      readonly status: "failed";
      readonly exitCode: number;
      readonly message: string;
      readonly advice: readonly string[];
    };

export type ChangeOutcome =
  | { readonly status: "done" }
  | { readonly status: "failed"; readonly reason: string }
  /** What it depends on failed, or the run was interrupted. */
  | { readonly status: "skipped"; readonly reason: string };

export interface AppliedChange {
  readonly change: Change;
  readonly outcome: ChangeOutcome;
}

export interface ApplyResult {
  readonly applied: readonly AppliedChange[];
  /** Requests that wrote. */
  readonly writes: number;
  /** What the server says of what it now holds: rules that cannot be evaluated. One line each. */
  readonly problems?: readonly string[];
}

/** Where things are applied: a Grafana, or the stack of this machine. */
export interface Target {
  readonly name: string;
  /** What is wanted, in this target's own objects. */
  readonly wanted: readonly Resource[];
  /** Kinds of which this target can hold none are faults of the specification. */
  readonly faults: readonly Fault[];
  readonly readLive: (signal: AbortSignal) => Promise<ReadLiveResult>;
  /** Carries the changes out. Called only after `readLive` gave the plan's token once more. */
  readonly apply: (
    changes: readonly Change[],
    live: LiveState,
    onProgress: (applied: AppliedChange) => void,
    signal: AbortSignal,
  ) => Promise<ApplyResult>;
  /** Canonical form of an object, in which wanted and live ones are compared. */
  readonly canonical: (resource: Resource) => Resource;
  readonly kinds: readonly ResourceKind[];
}
