import type { LineJournal } from "../../src/lines/line-journal.ts";

export interface FakeJournal extends LineJournal {
  /** What was appended, by its number. */
  readonly kept: Map<number, Uint8Array>;
  /** In the order of settling; a number that is told twice stands twice. */
  readonly settled: number[];
  /** Bytes of what is appended and not settled, in order. */
  open(): Uint8Array[];
}

/** Keeps all in memory; a real one has an end. */
export function createFakeJournal(): FakeJournal {
  const kept = new Map<number, Uint8Array>();
  const settled: number[] = [];
  return {
    kept,
    settled,
    append(record) {
      const number = kept.size + 1;
      kept.set(number, Uint8Array.from(record));
      return number;
    },
    settle: (numbers) => void settled.push(...numbers),
    open: () => [...kept].filter(([number]) => !settled.includes(number)).map(([, bytes]) => bytes),
  };
}
