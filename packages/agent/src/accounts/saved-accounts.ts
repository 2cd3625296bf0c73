import { isDropReason } from "@sightline/core";
import type { LifeFacts } from "./accounts.ts";
import type { LineCounts } from "./counts.ts";

export interface SavedLife {
  readonly facts: LifeFacts;
  readonly endedUnixMillis?: number;
  readonly counts: LineCounts;
}

/** Accounts as the checkpoint keeps them. Lists, because a life may be called `__proto__`. */
export interface SavedAccounts {
  readonly lives: readonly SavedLife[];
  /** Sums of lives that are no longer kept apart. */
  readonly folded: readonly { readonly service: string; readonly counts: LineCounts }[];
}

export function isSavedAccounts(value: unknown): value is SavedAccounts {
  return (
    isObject(value) &&
    Array.isArray(value["lives"]) &&
    value["lives"].every(isSavedLife) &&
    Array.isArray(value["folded"]) &&
    value["folded"].every(
      (part) => isObject(part) && typeof part["service"] === "string" && isCounts(part["counts"]),
    )
  );
}

export function isLifeFacts(value: unknown): value is LifeFacts {
  return (
    isObject(value) &&
    typeof value["life"] === "string" &&
    typeof value["service"] === "string" &&
    isAbsentOr(value["containerName"], "string") &&
    isAbsentOr(value["run"], "number") &&
    isAbsentOr(value["startedUnixMillis"], "number")
  );
}

/** A whole number of lines, 0 or more. */
export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

export function isDroppedLines(value: unknown): value is LineCounts["droppedLines"] {
  return (
    isObject(value) &&
    Object.entries(value).every(([reason, lines]) => isDropReason(reason) && isCount(lines))
  );
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isSavedLife(value: unknown): value is SavedLife {
  return (
    isObject(value) &&
    isLifeFacts(value["facts"]) &&
    isAbsentOr(value["endedUnixMillis"], "number") &&
    isCounts(value["counts"])
  );
}

function isCounts(value: unknown): value is LineCounts {
  return (
    isObject(value) &&
    isCount(value["readLines"]) &&
    isCount(value["sentLines"]) &&
    isCount(value["acknowledgedLines"]) &&
    isCount(value["unknownGaps"]) &&
    isDroppedLines(value["droppedLines"])
  );
}

function isAbsentOr(value: unknown, type: "string" | "number"): boolean {
  if (value === undefined) return true;
  return type === "string" ? typeof value === "string" : typeof value === "number";
}
