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

/** The last lines of a log from an offset on: what a server said in this run and in no earlier one. */
export function readLogTail(path: string, fromByte: number, maxLines: number): string[] {
  let fd: number;
  try {
    fd = openSync(path, "r");
  } catch {
    return [];
  }
  try {
    const size = fstatSync(fd).size;
    const start = Math.max(Math.min(fromByte, size), size - TAIL_BYTES);
    const buffer = Buffer.alloc(size - start);
    readSync(fd, buffer, 0, buffer.length, start);
    const lines = buffer.toString("utf8").split("\n");
    return lines.filter((line) => line.trim() !== "").slice(-maxLines);
  } finally {
    closeSync(fd);
  }
}

/**
 * Keeps one old copy and empties the file in place. The server holds the file itself and appends,
 * so that its log survives the supervisor; renaming would leave it writing to the old file.
 */
export function limitLogFile(path: string): void {
  if (sizeOf(path) <= MAX_LOG_BYTES) return;
  copyFileSync(path, `${path}.1`);
  truncateSync(path, 0);
}
