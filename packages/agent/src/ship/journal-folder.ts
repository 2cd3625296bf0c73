import { randomBytes } from "node:crypto";
import {
  chmod,
  type FileHandle,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  writeFile,
} from "node:fs/promises";
import { dirname, join } from "node:path";
import {
  type BatchFacts,
  batchFileName,
  type DecodedBatch,
  decodeBatchFile,
  encodeBatchFile,
  type FileFate,
  parseBatchFileName,
} from "./batch-file.ts";
import {
  type Checkpoint,
  encodeCheckpoint,
  type ParsedCheckpoint,
  parseCheckpoint,
} from "./checkpoint.ts";
import { type LockResult, lockDirectory } from "./directory-lock.ts";
import type { FoundFile } from "./recover.ts";

/**
 * The folder of one agent:
 *
 *     lock              held while the agent lives
 *     checkpoint.json   positions, accounts, and what of the journal is settled
 *     <sequence>.batch  one batch with the positions behind it; `.sent` or `.refused` from its
 *                       fate to the next checkpoint
 *     reserve           room for a checkpoint when the disk is full
 *     quarantine/       the newest 20 batches that were refused, each with the receiver's words
 *     corrupt/          the newest 20 files that could not be read back
 *
 * Methods reject with what `fs` reports unless they say otherwise.
 */
export interface JournalFolder {
  readonly path: string;
  /** Makes the folder and takes its lock; done once, and tried again by every write until then. */
  claim(): Promise<LockResult>;
  readCheckpoint(): Promise<ParsedCheckpoint | { readonly status: "absent" }>;
  /** Gives its size in bytes. */
  writeCheckpoint(checkpoint: Checkpoint): Promise<number>;
  /** Every file with its checksum tested; a few at a time in memory. Oldest first. */
  findBatches(): Promise<readonly FoundFile[]>;
  /** The file is whole or not there: written under another name, then renamed. Gives its size on disk. */
  writeBatch(facts: BatchFacts, body: Uint8Array): Promise<number>;
  /** A missing or unreadable file is `corrupt`. Rejects for a passing shortage only. */
  readBatch(sequence: number): Promise<DecodedBatch>;
  /** Writes the fate into the name of the file, in the background. */
  mark(sequence: number, fate: FileFate): void;
  remove(sequence: number): Promise<void>;
  /** Keeps a refused batch for a person to look at. */
  quarantine(sequence: number, refusal: string): Promise<void>;
  /** Keeps a broken file for a person to look at, under the name `label`. False if that did not work. */
  setAside(name: string, label?: string): Promise<boolean>;
  /** Never rejects. */
  release(): Promise<void>;
}

export const CHECKPOINT_NAME = "checkpoint.json";
const RESERVE_NAME = "reserve";
const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;
const BLOCK_BYTES = 4_096;
const RESERVE_BYTES = 1024 * 1024;
const MAX_SAMPLES = 20;
/** Of a journal with many small files; each holds 3.5 MiB at most. */
const READ_AT_ONCE = 8;
const FULL = new Set(["ENOSPC", "EDQUOT"]);
const SHORTAGES = new Set(["EMFILE", "ENFILE", "ENOMEM", "EAGAIN"]);

export function createJournalFolder(path: string): JournalFolder {
  let lock: Extract<LockResult, { status: "held" }> | undefined;
  let claiming: Promise<LockResult> | undefined;
  let hasReserve = false;
  let isReleased = false;
  /** Of files whose name tells their fate, or is about to. */
  const names = new Map<number, Promise<string>>();

  async function nameOf(sequence: number): Promise<string> {
    return (await names.get(sequence)) ?? batchFileName(sequence);
  }

  /** One at a time: the writer of batches and that of checkpoints would find each other's lock. */
  async function claim(): Promise<LockResult> {
    if (lock) return lock;
    claiming ??= makeAndLock();
    const result = await claiming;
    claiming = undefined;
    if (result.status === "held") lock = result;
    return result;
  }

  async function makeAndLock(): Promise<LockResult> {
    try {
      await makeFolder(path);
    } catch (error) {
      return { status: "unavailable", message: (error as Error).message };
    }
    return lockDirectory(path);
  }

  async function mustHold(): Promise<void> {
    // A write that was under way when we let go must not take the lock back.
    if (isReleased) throw new Error("the journal is closed");
    const result = await claim();
    if (result.status === "taken") throw new Error(describeRival(path, result.pid));
    if (result.status === "unavailable") throw new Error(result.message);
  }

  /** The folder may be deleted under us: then it is made again, and so is the lock in it. */
  async function write(name: string, pieces: readonly Uint8Array[]): Promise<void> {
    await mustHold();
    const held = lock;
    try {
      await writeWhole(join(path, name), pieces);
    } catch (error) {
      if (codeOf(error) !== "ENOENT") throw error;
      if (lock === held) {
        lock = undefined;
        await held?.release();
      }
      await mustHold();
      await writeWhole(join(path, name), pieces);
    }
  }

  async function keepSample(name: string, target: string, note?: string): Promise<void> {
    const folder = dirname(target);
    await makeFolder(folder);
    if (note !== undefined) await writeFile(`${target}.txt`, note, { mode: FILE_MODE });
    await rename(join(path, name), target);
    await chmod(target, FILE_MODE);
    await prune(folder);
  }

  async function find(name: string): Promise<FoundFile | undefined> {
    const parsed = parseBatchFileName(name);
    if (parsed) {
      if (parsed.fate.kind !== "waiting") names.set(parsed.sequence, Promise.resolve(name));
      return findFile(path, name, parsed.sequence, parsed.fate);
    }
    // Half a file of a process that was killed while it wrote.
    if (name.endsWith(".tmp")) await rm(join(path, name), { force: true }).catch(() => {});
    return undefined;
  }

  /** Random bytes, because some file systems give zeros no room. A full disk gets it later. */
  async function keepReserve(): Promise<void> {
    if (hasReserve) return;
    const reserve = join(path, RESERVE_NAME);
    try {
      hasReserve = (await stat(reserve)).size === RESERVE_BYTES;
      if (!hasReserve) await rm(reserve);
    } catch {
      // Not there yet.
    }
    if (hasReserve) return;
    try {
      await writeWhole(reserve, [randomBytes(RESERVE_BYTES)]);
      hasReserve = true;
    } catch {
      // Tried again at the next batch that is removed.
    }
  }

  return {
    path,
    claim,
    async readCheckpoint() {
      try {
        return parseCheckpoint(await readFile(join(path, CHECKPOINT_NAME), "utf8"));
      } catch (error) {
        if (codeOf(error) === "ENOENT") return { status: "absent" };
        return { status: "unreadable", message: (error as Error).message };
      }
    },
    async writeCheckpoint(checkpoint) {
      const pieces = [Buffer.from(encodeCheckpoint(checkpoint))];
      try {
        await write(CHECKPOINT_NAME, pieces);
        await keepReserve();
      } catch (error) {
        // Without a checkpoint no sent batch may be deleted, and a full disk would stay full.
        if (!FULL.has(codeOf(error))) throw error;
        hasReserve = false;
        await rm(join(path, RESERVE_NAME), { force: true });
        await write(CHECKPOINT_NAME, pieces);
      }
      return pieces[0]?.length ?? 0;
    },
    async findBatches() {
      const files: FoundFile[] = [];
      const all = (await listNames(path)).sort();
      for (let start = 0; start < all.length; start += READ_AT_ONCE) {
        const found = await Promise.all(all.slice(start, start + READ_AT_ONCE).map(find));
        for (const file of found) if (file) files.push(file);
      }
      return files;
    },
    async writeBatch(facts, body) {
      const pieces = encodeBatchFile(facts, body);
      await write(batchFileName(facts.sequence), pieces);
      return toDiskBytes(pieces[0].length + pieces[1].length);
    },
    async readBatch(sequence) {
      try {
        return decodeBatchFile(await readFile(join(path, batchFileName(sequence))));
      } catch (error) {
        if (SHORTAGES.has(codeOf(error))) throw error;
        return { status: "corrupt", message: (error as Error).message };
      }
    },
    mark(sequence, fate) {
      const name = batchFileName(sequence);
      const marked = batchFileName(sequence, fate);
      // Where that fails the batch is at worst sent once more by the next process.
      const naming = rename(join(path, name), join(path, marked)).then(
        () => marked,
        () => name,
      );
      names.set(sequence, naming);
    },
    async remove(sequence) {
      await rm(join(path, await nameOf(sequence)), { force: true });
      names.delete(sequence);
      await keepReserve();
    },
    async quarantine(sequence, refusal) {
      const name = await nameOf(sequence);
      names.delete(sequence);
      try {
        const target = join(path, "quarantine", batchFileName(sequence));
        await keepSample(name, target, `${refusal}\n`);
      } catch (error) {
        // A sample that cannot be kept is no further loss, but its file must go.
        if (codeOf(error) !== "ENOENT") await rm(join(path, name), { force: true });
      }
    },
    async setAside(name, label = name) {
      try {
        await keepSample(name, join(path, "corrupt", label));
        return true;
      } catch {
        return false;
      }
    },
    async release() {
      isReleased = true;
      await lock?.release().catch(() => {});
      lock = undefined;
    },
  };
}

export function describeRival(directory: string, pid: number | undefined): string {
  const who = pid === undefined ? "another agent" : `another agent (process ${pid})`;
  return `journal "${directory}": ${who} works in it; expected one agent per folder: stop that one, or give this one a journal.folder of its own`;
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? "";
}

async function findFile(
  folder: string,
  name: string,
  sequence: number,
  fate: FileFate,
): Promise<FoundFile> {
  try {
    const bytes = await readFile(join(folder, name));
    const found = { sequence, name, diskBytes: toDiskBytes(bytes.length) };
    const decoded = decodeBatchFile(bytes);
    if (decoded.facts && decoded.facts.sequence !== sequence) {
      const message = `its header says it is batch ${decoded.facts.sequence}`;
      return { ...found, status: "corrupt", message };
    }
    if (decoded.status === "read") {
      const { facts, body } = decoded;
      return { ...found, status: "read", facts, bodyBytes: body.length, fate };
    }
    // Nobody needs the body of a batch that is through.
    const isThrough = fate.kind !== "waiting" && decoded.facts !== undefined;
    if (!isThrough) return { ...found, ...decoded };
    return { ...found, status: "read", facts: decoded.facts, bodyBytes: 0, fate };
  } catch (error) {
    const message = (error as Error).message;
    return { sequence, name, diskBytes: 0, status: "corrupt", message };
  }
}

async function listNames(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return [];
    throw error;
  }
}

function toDiskBytes(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / BLOCK_BYTES)) * BLOCK_BYTES;
}

/** Node's own recursive `mkdir` never returns where the kernel says ENOENT below an existing parent. */
async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: FOLDER_MODE });
  } catch (error) {
    if (codeOf(error) === "EEXIST") return;
    if (codeOf(error) !== "ENOENT" || path === dirname(path)) throw error;
    await makeFolder(dirname(path));
    await mkdir(path, { mode: FOLDER_MODE });
  }
}

// No fsync: it costs about 3 ms a file and guards only against the death of the host. The page cache
// survives our own death, and the checksum tells a file that a loss of power left torn.
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
    await handle?.close().catch(() => {});
    await rm(temporary, { force: true }).catch(() => {});
    throw error;
  }
}

async function prune(folder: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => !name.endsWith(".txt")).sort();
  for (const name of names.slice(0, -MAX_SAMPLES)) {
    await rm(join(folder, name), { recursive: true, force: true });
    await rm(join(folder, `${name}.txt`), { force: true });
  }
}
