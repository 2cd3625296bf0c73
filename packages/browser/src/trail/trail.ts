import { shorten } from "../text/print-value.ts";

export type TrailKind = "click" | "navigation" | "request" | "console" | "error";

/** What the user did, or what befell the page, before an error. */
export interface TrailEntry {
  /** Unix milliseconds. */
  readonly at: number;
  readonly kind: TrailKind;
  readonly text: string;
}

export interface Trail {
  add(kind: TrailKind, text: string): void;
  /** The newest last. */
  entries(): readonly TrailEntry[];
  clear(): void;
}

const MAX_ENTRIES = 20;
const MAX_TEXT = 160;

export function createTrail(redact: (text: string) => string, now: () => number): Trail {
  let entries: TrailEntry[] = [];
  return {
    add: (kind, text) => {
      entries.push({ at: now(), kind, text: redact(shorten(text, MAX_TEXT)) });
      if (entries.length > MAX_ENTRIES) entries = entries.slice(-MAX_ENTRIES);
    },
    entries: () => entries,
    clear: () => {
      entries = [];
    },
  };
}
