import { lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";

const BLOCK_BYTES = 512;

/** Bytes that a directory takes on disk, whole blocks, as `du` counts them; 0 if it is not there. */
export function readDiskUsage(path: string): number {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return 0;
  const own = stat.blocks * BLOCK_BYTES;
  if (!stat.isDirectory()) return own;
  return readdirSync(path).reduce((sum, name) => sum + readDiskUsage(join(path, name)), own);
}
