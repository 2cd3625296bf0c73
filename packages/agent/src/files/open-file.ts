import { constants } from "node:fs";
import { type FileHandle, open, readdir, stat } from "node:fs/promises";
import { join } from "node:path";

/** A regular file as it was when it was looked at. */
export interface FileFacts {
  readonly path: string;
  /** `file:<device>:<inode>`. */
  readonly key: string;
  /** The key with the time of its making: inodes of deleted files are used again at once. */
  readonly identity: string;
  readonly size: number;
  readonly modifiedMillis: number;
  /** Names that it has; 0 once it is deleted. */
  readonly links: number;
}

export interface OpenFile extends FileFacts {
  readonly handle: FileHandle;
}

export type Look<T> =
  | ({ readonly status: "ok" } & T)
  | { readonly status: "missing" }
  | { readonly status: "no_file"; readonly what: "directory" | "special" }
  | { readonly status: "failed"; readonly code: string; readonly message: string };

/** Follows symbolic links: the key is that of the file behind them. */
export async function lookAt(path: string): Promise<Look<FileFacts>> {
  try {
    return factsOf(path, await stat(path, { bigint: true }));
  } catch (error) {
    return failureOf(error);
  }
}

export async function lookAtHandle(path: string, handle: FileHandle): Promise<Look<FileFacts>> {
  try {
    return factsOf(path, await handle.stat({ bigint: true }));
  } catch (error) {
    return failureOf(error);
  }
}

/** Never waits for a FIFO's writer, and never opens a device. */
export async function openRegular(path: string): Promise<Look<OpenFile>> {
  const before = await lookAt(path);
  if (before.status !== "ok") return before;
  try {
    const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const facts = await lookAtHandle(path, handle);
    if (facts.status === "ok") return { ...facts, handle };
    await handle.close();
    return facts;
  } catch (error) {
    return failureOf(error);
  }
}

/** A chain of renames (`.2` to `.3`, `.1` to `.2`) may hide a file from one look. */
const LOOKS = 3;

/** Regular files of a folder; none where it cannot be read. */
export async function listFolder(folder: string): Promise<FileFacts[]> {
  const byKey = new Map<string, FileFacts>();
  for (let look = 1; look <= LOOKS; look++) {
    const names = await readdir(folder).catch(() => [] as string[]);
    let hasMissed = false;
    for (const name of names) {
      const facts = await lookAt(join(folder, name));
      if (facts.status === "ok") byKey.set(facts.key, facts);
      if (facts.status === "missing") hasMissed = true;
    }
    if (!hasMissed) break;
  }
  return [...byKey.values()];
}

/** Looks twice: while files are renamed in a chain, one look may miss one. */
export async function findInFolder(folder: string, key: string): Promise<FileFacts | undefined> {
  const isIt = (facts: FileFacts): boolean => facts.key === key;
  return (await listFolder(folder)).find(isIt) ?? (await listFolder(folder)).find(isIt);
}

interface BigStats {
  readonly dev: bigint;
  readonly ino: bigint;
  readonly size: bigint;
  readonly mtimeMs: bigint;
  readonly nlink: bigint;
  readonly birthtimeNs: bigint;
  isFile(): boolean;
  isDirectory(): boolean;
}

function factsOf(path: string, stats: BigStats): Look<FileFacts> {
  if (!stats.isFile()) {
    return { status: "no_file", what: stats.isDirectory() ? "directory" : "special" };
  }
  // Inodes of network file systems need 64 bits.
  const key = `file:${stats.dev}:${stats.ino}`;
  return {
    status: "ok",
    path,
    key,
    identity: `${key}:${stats.birthtimeNs}`,
    size: Number(stats.size),
    modifiedMillis: Number(stats.mtimeMs),
    links: Number(stats.nlink),
  };
}

function failureOf(error: unknown): Look<never> {
  const { code = "", message = String(error) } = error as NodeJS.ErrnoException;
  if (code === "ENOENT" || code === "ENOTDIR") return { status: "missing" };
  return { status: "failed", code, message };
}
