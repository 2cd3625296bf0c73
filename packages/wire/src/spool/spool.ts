import { closeSync, openSync, renameSync, writevSync } from "node:fs";
import { type FileHandle, open, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Batch, BatchFacts } from "../batch.ts";
import type { Clock } from "../seams.ts";
import { adoptDeadSpools } from "./adopt.ts";
import {
  batchFileName,
  type DecodeResult,
  decodeBatchFile,
  EXIT_ENDING,
  encodeBatchFile,
} from "./batch-file.ts";
import { createOwnFolder, FILE_MODE } from "./own-folder.ts";
import { createSampleFolder } from "./sample-folder.ts";

/** File systems hand out whole blocks; a batch of 100 bytes takes one. */
const BLOCK_BYTES = 4096;
const SHORTAGES = new Set(["EMFILE", "ENFILE", "ENOMEM", "EAGAIN"]);

export interface SpoolFile {
  readonly path: string;
  readonly name: string;
  readonly diskBytes: number;
}

interface SpooledBatch extends BatchFacts {
  readonly bodyBytes: number;
  readonly file: SpoolFile;
}

interface Adoption {
  /** Oldest first; the files are in our own folder by now. */
  readonly batches: readonly SpooledBatch[];
  /** Files that are none of ours; already set aside. */
  readonly foreignFiles: number;
}

/**
 * Batches on disk, one file each, in a folder of this process under a parent that processes share.
 * Methods reject with what `fs` reports unless they say otherwise; the caller decides what a full
 * or read-only disk means.
 */
export interface Spool {
  /** The file is whole or not there: written under another name, then renamed. */
  write(batch: Batch, sequence: number): Promise<SpoolFile>;
  /** The same for a process that is exiting; another name, as a write may be under way. */
  writeSync(batch: Batch, sequence: number): SpoolFile;
  /** A missing, torn or unreadable file is `corrupt`. Rejects for a passing shortage only. */
  read(file: SpoolFile): Promise<DecodeResult>;
  /** Never rejects: a file that stays is sent once more after a restart, and is no loss. */
  remove(file: SpoolFile): Promise<void>;
  /** Moves what dead processes left behind into our own folder. */
  adopt(): Promise<Adoption>;
  /** Keeps a broken file for a person to look at. Never rejects. */
  setAside(file: SpoolFile): Promise<void>;
  /** Keeps a sample of what the receiver refused. Never rejects. */
  quarantine(batch: Batch, sequence: number, reason: string): Promise<void>;
  /** Lets another process have what is left. Never throws. */
  release(): void;
}

export function createSpool(parent: string, clock: Clock): Spool {
  const own = createOwnFolder(parent, clock);
  const corrupt = createSampleFolder(join(parent, "corrupt"));
  const quarantined = createSampleFolder(join(parent, "quarantine"));

  function toFile(name: string, bytes: number): SpoolFile {
    return { path: join(own.path, name), name, diskBytes: toDiskBytes(bytes) };
  }

  /** Claims the folder, and once more if it was deleted under us. */
  function withFolder<T>(write: () => T): T {
    own.claim();
    try {
      return write();
    } catch (error) {
      if (!isMissing(error)) throw error;
      own.forget();
      own.claim();
      return write();
    }
  }

  return {
    async write(batch, sequence) {
      const pieces = encodeBatchFile(batch.body);
      const file = toFile(batchFileName(batch, sequence, own.name), bytesOf(pieces));
      own.claim();
      try {
        await writeWhole(file.path, pieces);
      } catch (error) {
        if (!isMissing(error)) throw error;
        own.forget();
        own.claim();
        await writeWhole(file.path, pieces);
      }
      return file;
    },
    writeSync(batch, sequence) {
      const pieces = encodeBatchFile(batch.body);
      const name = batchFileName(batch, sequence, own.name).replace(/\.batch$/, EXIT_ENDING);
      const file = toFile(name, bytesOf(pieces));
      withFolder(() => writeWholeSync(file.path, pieces));
      return file;
    },
    async read(file) {
      try {
        return decodeBatchFile(await readFile(file.path));
      } catch (error) {
        // Anything but a shortage stays, and must not block what is behind it.
        if (SHORTAGES.has((error as NodeJS.ErrnoException).code ?? "")) throw error;
        return {
          status: "corrupt",
          message: isMissing(error) ? "the file is gone" : String(error),
        };
      }
    },
    remove: (file) => rm(file.path, { force: true }).catch(() => undefined),
    async adopt() {
      const adopted = await adoptDeadSpools({ parent, own, corrupt, clock });
      const batches = adopted.batches.map(({ name, facts, fileBytes }) => ({
        ...facts,
        bodyBytes: fileBytes,
        file: toFile(name, fileBytes),
      }));
      return { batches, foreignFiles: adopted.foreignFiles };
    },
    setAside: (file) => corrupt.moveIn(file.path, file.name),
    quarantine: (batch, sequence, reason) =>
      quarantined.write(
        batchFileName(batch, sequence, own.name),
        encodeBatchFile(batch.body, reason),
      ),
    release: () => own.release(),
  };
}

function toDiskBytes(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / BLOCK_BYTES)) * BLOCK_BYTES;
}

function bytesOf(pieces: readonly Uint8Array[]): number {
  return pieces.reduce((bytes, piece) => bytes + piece.length, 0);
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === "ENOENT";
}

// No fsync: it costs about 3 ms a file and guards only against the death of the host, and the
// checksum tells a file that such a death left torn. The page cache survives our own death.
async function writeWhole(path: string, pieces: readonly Uint8Array[]): Promise<void> {
  const temporary = `${path}.tmp`;
  let handle: FileHandle | undefined;
  try {
    handle = await open(temporary, "w", FILE_MODE);
    for (const piece of pieces) await handle.writeFile(piece);
    await handle.close();
    handle = undefined;
    await rename(temporary, path);
  } catch (error) {
    await handle?.close().catch(() => undefined);
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
}

function writeWholeSync(path: string, pieces: readonly Uint8Array[]): void {
  const temporary = `${path}.tmp`;
  const descriptor = openSync(temporary, "w", FILE_MODE);
  try {
    const written = writevSync(descriptor, pieces);
    if (written !== bytesOf(pieces)) throw new Error(`wrote only ${written} bytes: disk full`);
  } finally {
    closeSync(descriptor);
  }
  renameSync(temporary, path);
}
