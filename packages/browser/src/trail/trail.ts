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
  /** @returns what gives the entry another text, once more is known. */
  add(kind: TrailKind, text: string): (text: string) => void;
  /** As it is now; the newest last. */
  entries(): readonly TrailEntry[];
}

const MAX_ENTRIES = 20;
const MAX_TEXT = 160;

export function createTrail(redact: (text: string) => string, now: () => number): Trail {
  let entries: readonly TrailEntry[] = [];
  const clean = (text: string): string => redact(shorten(text, MAX_TEXT));
  return {
    add: (kind, text) => {
      let entry: TrailEntry = { at: now(), kind, text: clean(text) };
      entries = [...entries.slice(1 - MAX_ENTRIES), entry];
      return (better) => {
        const renamed = { ...entry, text: clean(better) };
        entries = entries.map((one) => (one === entry ? renamed : one));
        entry = renamed;
      };
    },
    entries: () => entries,
  };
}
