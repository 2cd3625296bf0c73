import {
  closeSync,
  copyFileSync,
  fstatSync,
  openSync,
  readSync,
  statSync,
  truncateSync,
} from "node:fs";

const MAX_LOG_BYTES = 20 * 1024 * 1024;
const TAIL_BYTES = 16 * 1024;

/** Bytes in a file; 0 if it is not there. */
export function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

/**
 * The last lines of a log from an offset on: what a server said in this run and in no earlier one.
 * A file that is shorter than the offset was emptied since, so all of it is of this run.
 */
export function readLogTail(path: string, fromByte: number, maxLines: number): string[] {
  let fd: number;
  try {
    fd = openSync(path, "r");
  } catch {
    return [];
  }
  try {
    const size = fstatSync(fd).size;
    const first = fromByte > size ? 0 : fromByte;
    const start = Math.max(first, size - TAIL_BYTES);
    const buffer = Buffer.alloc(size - start);
    const bytes = readSync(fd, buffer, 0, buffer.length, start);
    const lines = buffer.toString("utf8", 0, bytes).split("\n");
    // Half a line, or half a character, where the cut went through one.
    if (start > first && lines.length > 1) lines.shift();
    return lines.filter((line) => line.trim() !== "").slice(-maxLines);
  } finally {
    closeSync(fd);
  }
}

/**
 * Keeps one old copy and empties the file in place. The server holds the file itself and appends,
 * so that its log survives the supervisor; renaming would leave it writing to the old file.
 */
export function limitLogFile(path: string, maxBytes: number = MAX_LOG_BYTES): void {
  if (sizeOf(path) <= maxBytes) return;
  try {
    copyFileSync(path, `${path}.1`);
  } catch {
    // No room for the copy: then emptying the file is needed all the more.
  }
  truncateSync(path, 0);
}
