import {
  isCount,
  isObject,
  isSavedAccounts,
  type SavedAccounts,
} from "../accounts/saved-accounts.ts";
import type { Position } from "../sources/line.ts";

/** How far a source is known to be safe. */
export interface SavedPosition {
  readonly source: string;
  readonly position: Position;
  /** All its lines that were journaled so far. */
  readonly lines: number;
}

/** A batch whose fate is known and counted, and whose file may still be there. */
export interface SettledFile {
  readonly sequence: number;
  /** Absent: acknowledged. Else what the receiver said. */
  readonly refusal?: string;
}

/** What the journal's files no longer say. */
export interface Checkpoint {
  /** Batches up to this one are in `positions` and `accounts`; later ones only in their files. */
  readonly sequence: number;
  readonly positions: readonly SavedPosition[];
  readonly settled: readonly SettledFile[];
  readonly accounts: SavedAccounts;
}

export type ParsedCheckpoint =
  | { readonly status: "read"; readonly checkpoint: Checkpoint }
  | { readonly status: "unreadable"; readonly message: string };

const CHECKPOINT_VERSION = 1;

export const EMPTY_CHECKPOINT: Checkpoint = {
  sequence: 0,
  positions: [],
  settled: [],
  accounts: { lives: [], folded: [] },
};

export function encodeCheckpoint(checkpoint: Checkpoint): string {
  return `${JSON.stringify({ version: CHECKPOINT_VERSION, ...checkpoint })}\n`;
}

export function parseCheckpoint(text: string): ParsedCheckpoint {
  const value = parseJson(text);
  if (!isObject(value)) return unreadable("it is not whole JSON");
  if (value["version"] !== CHECKPOINT_VERSION) {
    return unreadable(
      `it has format version "${String(value["version"])}", expected ${CHECKPOINT_VERSION}`,
    );
  }
  return isCheckpoint(value)
    ? { status: "read", checkpoint: value }
    : unreadable("it lacks fields, or they are not of the expected kind");
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isCheckpoint(
  value: Record<string, unknown>,
): value is Record<string, unknown> & Checkpoint {
  return (
    isCount(value["sequence"]) &&
    Array.isArray(value["positions"]) &&
    value["positions"].every(isSavedPosition) &&
    Array.isArray(value["settled"]) &&
    value["settled"].every(isSettledFile) &&
    isSavedAccounts(value["accounts"])
  );
}

function isSavedPosition(value: unknown): boolean {
  return (
    isObject(value) &&
    typeof value["source"] === "string" &&
    value["position"] !== undefined &&
    isCount(value["lines"])
  );
}

function isSettledFile(value: unknown): boolean {
  return (
    isObject(value) &&
    isCount(value["sequence"]) &&
    (value["refusal"] === undefined || typeof value["refusal"] === "string")
  );
}

function unreadable(message: string): ParsedCheckpoint {
  return { status: "unreadable", message };
}
