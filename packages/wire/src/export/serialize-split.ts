import type { DropReason } from "@sightline/core";

/**
 * Largest body before compression. The collector takes 20 MiB over HTTP, but Loki's and most
 * proxies' limits are 4 MiB; a serialized request cannot be split any more.
 */
export const MAX_BODY_BYTES: number = 3.5 * 1024 * 1024;

interface Piece<T> {
  readonly body: Uint8Array;
  readonly records: readonly T[];
}

export interface SplitResult<T> {
  readonly pieces: readonly Piece<T>[];
  readonly dropped: Readonly<Partial<Record<DropReason, number>>>;
}

/**
 * Turns records into bodies of at most `maxBytes`, in order, by halving what is too large or does
 * not serialize. So one record that is too large, or whose getter throws, is the only one lost.
 */
export function serializeSplit<T>(
  records: readonly T[],
  serialize: (records: T[]) => Uint8Array | undefined,
  maxBytes: number = MAX_BODY_BYTES,
): SplitResult<T> {
  const pieces: Piece<T>[] = [];
  const dropped: Partial<Record<DropReason, number>> = {};

  function add(part: readonly T[]): void {
    if (part.length === 0) return;
    const body = trySerialize(part, serialize);
    if (body && body.length <= maxBytes) pieces.push({ body, records: part });
    else if (part.length === 1) {
      const reason = body ? "too_large" : "serialization_failed";
      dropped[reason] = (dropped[reason] ?? 0) + 1;
    } else {
      const middle = part.length >> 1;
      add(part.slice(0, middle));
      add(part.slice(middle));
    }
  }

  add(records);
  return { pieces, dropped };
}

function trySerialize<T>(
  records: readonly T[],
  serialize: (records: T[]) => Uint8Array | undefined,
): Uint8Array | undefined {
  try {
    return serialize([...records]);
  } catch {
    return undefined;
  }
}
