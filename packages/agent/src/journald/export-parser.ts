/**
 * Reads journalctl's `--output=export` as a stream: exact lengths, so that a message may hold
 * anything, and bounded memory however large one is. The JSON output has neither.
 * Format: https://systemd.io/JOURNAL_EXPORT_FORMATS/
 */

const NEWLINE = 0x0a;
const EQUALS = 0x3d;
const SIZE_BYTES = 8;
const MAX_NAME_BYTES = 256;
/** Of one field, in bytes; below what Loki takes of a line (256 kB). */
const MAX_VALUE_BYTES = 200_000;
const FIRST_BUFFER_BYTES = 4_096;

export interface JournalField {
  readonly bytes: Buffer;
  /** Bytes that were left out at its end. */
  readonly cutBytes: number;
}

/** Fields by name. Of a field that comes twice, the first. */
export type JournalFields = ReadonlyMap<string, JournalField>;

export interface ExportParser {
  push(chunk: Buffer): void;
}

export function createExportParser(take: (fields: JournalFields) => void): ExportParser {
  let fields = new Map<string, JournalField>();
  let awaits: "line" | "size" | "data" | "data_end" = "line";
  let name = "";
  let remainingBytes = 0;
  const kept = createBoundedBytes(MAX_NAME_BYTES + 1 + MAX_VALUE_BYTES);

  function addField(fieldName: string, field: JournalField): void {
    if (!fields.has(fieldName)) fields.set(fieldName, field);
  }

  function endLine(): void {
    const { bytes, cutBytes } = kept.take();
    if (bytes.length === 0) {
      const done = fields;
      fields = new Map();
      if (done.size > 0) take(done);
      return;
    }
    const equals = bytes.indexOf(EQUALS);
    if (equals < 0) {
      name = bytes.toString("latin1");
      awaits = "size";
    } else {
      addField(bytes.toString("latin1", 0, equals), {
        bytes: bytes.subarray(equals + 1),
        cutBytes,
      });
    }
  }

  function endSize(): void {
    remainingBytes = Number(kept.take().bytes.readBigUInt64LE());
    awaits = remainingBytes === 0 ? "data_end" : "data";
  }

  /** Returns how many bytes of the chunk it used up. */
  function step(rest: Buffer): number {
    switch (awaits) {
      case "line": {
        const newline = rest.indexOf(NEWLINE);
        kept.add(newline < 0 ? rest : rest.subarray(0, newline));
        if (newline < 0) return rest.length;
        endLine();
        return newline + 1;
      }
      case "size": {
        const used = Math.min(rest.length, SIZE_BYTES - kept.length());
        kept.add(rest.subarray(0, used));
        if (kept.length() === SIZE_BYTES) endSize();
        return used;
      }
      case "data": {
        const used = Math.min(rest.length, remainingBytes);
        kept.add(rest.subarray(0, used));
        remainingBytes -= used;
        if (remainingBytes === 0) awaits = "data_end";
        return used;
      }
      case "data_end": {
        addField(name, kept.take());
        awaits = "line";
        return 1;
      }
    }
  }

  return {
    push(chunk) {
      for (let at = 0; at < chunk.length; ) at += step(chunk.subarray(at));
    },
  };
}

interface BoundedBytes {
  length(): number;
  add(bytes: Buffer): void;
  /** What was added, as a copy, and forgets it. */
  take(): JournalField;
}

function createBoundedBytes(maxBytes: number): BoundedBytes {
  let buffer = Buffer.allocUnsafe(FIRST_BUFFER_BYTES);
  let length = 0;
  let cutBytes = 0;
  return {
    length: () => length,
    add(bytes) {
      const used = Math.min(bytes.length, maxBytes - length);
      if (length + used > buffer.length) {
        const grown = Buffer.allocUnsafe(
          Math.min(maxBytes, Math.max(buffer.length * 2, length + used)),
        );
        buffer.copy(grown, 0, 0, length);
        buffer = grown;
      }
      bytes.copy(buffer, length, 0, used);
      length += used;
      cutBytes += bytes.length - used;
    },
    take() {
      const field = { bytes: Buffer.from(buffer.subarray(0, length)), cutBytes };
      length = 0;
      cutBytes = 0;
      if (buffer.length > FIRST_BUFFER_BYTES) buffer = Buffer.allocUnsafe(FIRST_BUFFER_BYTES);
      return field;
    },
  };
}
