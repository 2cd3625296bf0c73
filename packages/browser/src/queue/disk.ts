import { type DBSchema, openDB } from "idb";
import type { Key } from "./row.ts";
import type { Entry, Shelf } from "./table.ts";
import { within } from "./within.ts";

interface Schema extends DBSchema {
  entries: { key: Key; value: Entry };
}

const HANGING_MILLIS = 10_000;

/** In IndexedDB, shared by all tabs of the origin. Rejects where that is refused; calls reject where it hangs. */
export async function openDisk(name: string, onGone: () => void): Promise<Shelf> {
  const database = await openDB<Schema>(name, 1, {
    upgrade: (fresh) => {
      fresh.createObjectStore("entries", { keyPath: "key" });
    },
    // Somebody deletes it, or newer code wants another version: never stand in the way.
    blocking: () => {
      database.close();
      onGone();
    },
    terminated: onGone,
  });
  return {
    async run(work, isBlind) {
      // Relaxed: the operating system has it, so it outlives every process; a power cut may take the last moments.
      const transaction = database.transaction("entries", "readwrite", { durability: "relaxed" });
      const both = Promise.all([work(transaction.store), transaction.done]);
      // A page that is going away hears no answers; what it has committed is done all the same.
      if (isBlind) transaction.commit?.();
      return (await within(HANGING_MILLIS, both))[0];
    },
    close: () => database.close(),
  };
}
