import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { isAtOwnPlace, MAX_MAP_BYTES } from "./map-path.ts";

export type MapFile =
  | { readonly status: "read"; readonly text: string }
  | { readonly status: "missing" }
  | { readonly status: "too_large"; readonly bytes: number };

/** Text of a stored map. Anything but a plain file at its own place is missing. */
export function readMapFile(folder: string, service: string, path: string): MapFile {
  if (!isAtOwnPlace(folder, service, path)) return { status: "missing" };
  let file: number;
  try {
    // Without waiting: a pipe that somebody left there would hold the thread for ever.
    file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch {
    return { status: "missing" };
  }
  try {
    const stat = fstatSync(file);
    if (!stat.isFile()) return { status: "missing" };
    if (stat.size > MAX_MAP_BYTES) return { status: "too_large", bytes: stat.size };
    return { status: "read", text: readText(file, stat.size) };
  } catch {
    return { status: "missing" };
  } finally {
    closeSync(file);
  }
}

/** Never more than the size that was checked, however the file grows meanwhile. */
function readText(file: number, size: number): string {
  const bytes = Buffer.allocUnsafe(size);
  let length = 0;
  while (length < size) {
    const count = readSync(file, bytes, length, size - length, length);
    if (count === 0) break;
    length += count;
  }
  return bytes.toString("utf8", 0, length);
}
