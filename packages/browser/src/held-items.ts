import type { TransportItem } from "@grafana/faro-core";

/** What waits in memory for the user's consent. */
export interface HeldItems {
  add(item: TransportItem): void;
  /** All of them and how many had to go; it is empty then. */
  take(): { readonly items: readonly TransportItem[]; readonly dropped: number };
}

const MAX_ITEMS = 200;
const MAX_CHARACTERS = 500_000;

/** Bounded: of what is not an error the oldest goes first. */
export function createHeldItems(): HeldItems {
  let held: { readonly item: TransportItem; readonly characters: number }[] = [];
  let characters = 0;
  let dropped = 0;
  return {
    add: (item) => {
      const size = JSON.stringify(item).length;
      held.push({ item, characters: size });
      characters += size;
      while (held.length > MAX_ITEMS || characters > MAX_CHARACTERS) {
        const index = held.findIndex(({ item: { type } }) => type !== "exception");
        const [gone] = held.splice(Math.max(0, index), 1);
        characters -= gone?.characters ?? 0;
        dropped += 1;
      }
    },
    take: () => {
      const taken = { items: held.map(({ item }) => item), dropped };
      held = [];
      characters = 0;
      dropped = 0;
      return taken;
    },
  };
}
