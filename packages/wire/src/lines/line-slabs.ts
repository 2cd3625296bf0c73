/** Memory for copies of short texts that wait together. */
export interface LineSlabs {
  /** A copy in memory that only copies of the same rank share. */
  copy(bytes: Uint8Array, rank: number): Uint8Array;
}

interface Slab {
  buffer: Buffer;
  used: number;
}

const SLAB_BYTES = 16 * 1024;

/**
 * Slabs of our own, and not those of `Buffer.allocUnsafe`: there each line would keep alive what the
 * host allocates around it, some kilobytes a request, and V8 would collect all of the heap for that
 * several times a second. A slab for each rank, because a queue lets lines go rank by rank in order:
 * so no slab stays for the sake of a few.
 */
export function createLineSlabs(): LineSlabs {
  const slabs = new Map<number, Slab>();

  function slabOf(rank: number): Slab {
    const known = slabs.get(rank);
    if (known !== undefined) return known;
    const slab = { buffer: Buffer.allocUnsafeSlow(SLAB_BYTES), used: 0 };
    slabs.set(rank, slab);
    return slab;
  }

  return {
    copy(bytes, rank) {
      const { length } = bytes;
      if (length * 4 > SLAB_BYTES) return Uint8Array.from(bytes);
      const slab = slabOf(rank);
      if (slab.used + length > SLAB_BYTES) {
        slab.buffer = Buffer.allocUnsafeSlow(SLAB_BYTES);
        slab.used = 0;
      }
      const copy = slab.buffer.subarray(slab.used, slab.used + length);
      copy.set(bytes);
      slab.used += length;
      return copy;
    },
  };
}
