import { chmod, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makeFolder } from "./make-folder.ts";
import { FILE_MODE, FOLDER_MODE } from "./own-folder.ts";

const MAX_FILES = 20;
const MAX_BYTES = 8 * 1024 * 1024;

/** A bounded folder of things for a person to look at; the oldest name goes first. */
export interface SampleFolder {
  /** Never throws: a sample that cannot be kept is no further loss. */
  write(name: string, pieces: readonly Uint8Array[]): Promise<void>;
  moveIn(path: string, name: string): Promise<void>;
}

export function createSampleFolder(folder: string): SampleFolder {
  async function keep(put: () => Promise<void>): Promise<void> {
    try {
      makeFolder(folder, FOLDER_MODE);
      await put();
      await prune(folder);
    } catch {
      // See write().
    }
  }
  return {
    write: (name, pieces) =>
      keep(async () => {
        const temporary = join(folder, `${name}.tmp`);
        await writeFile(temporary, pieces, { mode: FILE_MODE });
        await rename(temporary, join(folder, name));
      }),
    moveIn: (path, name) =>
      keep(async () => {
        await rename(path, join(folder, name));
        // A foreign file comes with foreign rights; what is in it may be log lines.
        await chmod(join(folder, name), FILE_MODE);
      }),
  };
}

async function prune(folder: string): Promise<void> {
  const names = (await readdir(folder)).sort().reverse();
  let bytes = 0;
  for (const [index, name] of names.entries()) {
    const path = join(folder, name);
    bytes += (await stat(path)).size;
    if (index >= MAX_FILES || bytes > MAX_BYTES) await rm(path, { recursive: true, force: true });
  }
}
