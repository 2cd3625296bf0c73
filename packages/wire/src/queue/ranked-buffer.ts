/** Items in order of arrival, bounded by bytes; the oldest of the lowest rank makes room. */
export interface RankedBuffer<T> {
  push(item: T, rank: number, bytes: number): void;
  /** The oldest `count` items of all ranks, in order of arrival. */
  take(count: number): T[];
  length(): number;
  bytes(): number;
}

interface Slot<T> {
  readonly item: T;
  readonly order: number;
  readonly bytes: number;
}

/** An array whose front is taken by an index, compacted once half of it is gone. */
interface Fifo<T> {
  slots: Slot<T>[];
  head: number;
}

const MIN_COMPACT_SLOTS = 1024;

/** Push and evict are O(ranks), so that one line more costs the host the same at any fill. */
export function createRankedBuffer<T>(
  maxBytes: number,
  onEvict: (item: T) => void,
): RankedBuffer<T> {
  const fifos = new Map<number, Fifo<T>>();
  let order = 0;
  let length = 0;
  let bytes = 0;

  function shift(fifo: Fifo<T>): T | undefined {
    const slot = fifo.slots[fifo.head];
    if (!slot) return undefined;
    fifo.head += 1;
    if (fifo.head >= MIN_COMPACT_SLOTS && fifo.head * 2 >= fifo.slots.length) {
      fifo.slots = fifo.slots.slice(fifo.head);
      fifo.head = 0;
    }
    length -= 1;
    bytes -= slot.bytes;
    return slot.item;
  }

  function lowestRanked(): Fifo<T> | undefined {
    let lowest: number | undefined;
    for (const [rank, fifo] of fifos) {
      if (isEmpty(fifo)) continue;
      if (lowest === undefined || rank < lowest) lowest = rank;
    }
    return lowest === undefined ? undefined : fifos.get(lowest);
  }

  function oldest(): Fifo<T> | undefined {
    let found: Fifo<T> | undefined;
    for (const fifo of fifos.values()) {
      if (!isEmpty(fifo) && (found === undefined || orderOf(fifo) < orderOf(found))) found = fifo;
    }
    return found;
  }

  return {
    push(item, rank, itemBytes) {
      const fifo = fifos.get(rank) ?? { slots: [], head: 0 };
      fifos.set(rank, fifo);
      fifo.slots.push({ item, order, bytes: itemBytes });
      order += 1;
      length += 1;
      bytes += itemBytes;
      while (bytes > maxBytes) {
        const victims = lowestRanked();
        const victim = victims && shift(victims);
        if (victim === undefined) return;
        onEvict(victim);
      }
    },
    take(count) {
      const items: T[] = [];
      while (items.length < count) {
        const fifo = oldest();
        const item = fifo && shift(fifo);
        if (item === undefined) break;
        items.push(item);
      }
      return items;
    },
    length: () => length,
    bytes: () => bytes,
  };
}

function isEmpty<T>(fifo: Fifo<T>): boolean {
  return fifo.head >= fifo.slots.length;
}

function orderOf<T>(fifo: Fifo<T>): number {
  return fifo.slots[fifo.head]?.order ?? Infinity;
}
