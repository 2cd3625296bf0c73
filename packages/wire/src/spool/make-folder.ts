import { existsSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Makes a folder and the missing ones above it. Node's own recursive `mkdirSync` never returns where
 * a parent exists and the kernel still says ENOENT (below `/proc`), and would hang the host with us.
 * Throws what `fs` does.
 */
export function makeFolder(path: string, mode: number): void {
  if (existsSync(path)) return;
  if (path !== dirname(path)) makeFolder(dirname(path), mode);
  try {
    mkdirSync(path, { mode });
  } catch (error) {
    // Another process may have made it in between.
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}
