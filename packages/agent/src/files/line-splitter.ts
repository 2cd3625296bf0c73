const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const FIRST_CARRY_BYTES = 4096;

/** Bytes of one line, without its end. They are only valid until the next chunk comes. */
export interface RawLine {
  readonly bytes: Buffer;
  readonly startOffset: number;
  /** Behind the line end: where reading goes on. */
  readonly endOffset: number;
  /** Bytes that were left out at its end. */
  readonly cutBytes: number;
}

export interface LineSplitter {
  /** Offset of the next byte that it wants. */
  readOffset(): number;
  push(chunk: Buffer, take: (line: RawLine) => void): void;
  /** The unfinished last line, taken out; undefined where there is none. */
  takeRest(): RawLine | undefined;
}

/**
 * Cuts a file's bytes into lines. Holds at most `maxBytes` of an unfinished line. NUL bytes at the
 * start of a line are left out: a file that is truncated under a writer that does not append gets a
 * hole as long as what was there before, and the next line follows right behind it.
 */
export function createLineSplitter(startOffset: number, maxBytes: number): LineSplitter {
  let offset = startOffset;
  let lineStart = startOffset;
  let carry = Buffer.allocUnsafe(FIRST_CARRY_BYTES);
  let carriedBytes = 0;
  let cutBytes = 0;

  function keep(segment: Buffer): void {
    const kept = Math.min(segment.length, maxBytes - carriedBytes);
    if (carriedBytes + kept > carry.length) {
      const grown = Buffer.allocUnsafe(
        Math.min(maxBytes, Math.max(carry.length * 2, carriedBytes + kept)),
      );
      carry.copy(grown, 0, 0, carriedBytes);
      carry = grown;
    }
    segment.copy(carry, carriedBytes, 0, kept);
    carriedBytes += kept;
    cutBytes += segment.length - kept;
  }

  function withoutHole(segment: Buffer): Buffer {
    if (carriedBytes > 0 || segment[0] !== 0) return segment;
    let first = 0;
    while (first < segment.length && segment[first] === 0) first++;
    return segment.subarray(first);
  }

  function finished(segment: Buffer, endOffset: number): RawLine {
    const text = withoutHole(segment);
    if (carriedBytes === 0 && text.length <= maxBytes) {
      return { bytes: withoutReturn(text), startOffset: lineStart, endOffset, cutBytes: 0 };
    }
    keep(text);
    const bytes = carry.subarray(0, carriedBytes);
    return {
      bytes: cutBytes === 0 ? withoutReturn(bytes) : bytes,
      startOffset: lineStart,
      endOffset,
      cutBytes,
    };
  }

  function startLine(at: number): void {
    lineStart = at;
    carriedBytes = 0;
    cutBytes = 0;
  }

  return {
    readOffset: () => offset,
    push(chunk, take) {
      const chunkOffset = offset;
      let from = 0;
      for (;;) {
        const newline = chunk.indexOf(NEWLINE, from);
        if (newline < 0) break;
        const line = finished(chunk.subarray(from, newline), chunkOffset + newline + 1);
        from = newline + 1;
        take(line);
        startLine(chunkOffset + from);
      }
      if (from < chunk.length) keep(withoutHole(chunk.subarray(from)));
      offset = chunkOffset + chunk.length;
      // A line of the largest size is rare; its buffer is not kept for the ones after it.
      if (carriedBytes === 0 && carry.length > FIRST_CARRY_BYTES) {
        carry = Buffer.allocUnsafe(FIRST_CARRY_BYTES);
      }
    },
    takeRest() {
      if (carriedBytes === 0) return undefined;
      const bytes = Buffer.from(carry.subarray(0, carriedBytes));
      const line = { bytes, startOffset: lineStart, endOffset: offset, cutBytes };
      startLine(offset);
      return line;
    },
  };
}

function withoutReturn(bytes: Buffer): Buffer {
  return bytes.at(-1) === CARRIAGE_RETURN ? bytes.subarray(0, -1) : bytes;
}
