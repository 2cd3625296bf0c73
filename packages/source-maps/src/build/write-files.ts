import { renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { brotliCompressSync, constants, gzipSync, zstdCompressSync } from "node:zlib";

/** Replaces a file as a whole, with the mode that it had. */
export function writeOver(path: string, content: string | Uint8Array): void {
  const draft = join(dirname(path), `.${basename(path)}.sightline-${process.pid}`);
  try {
    writeFileSync(draft, content, { mode: statSync(path).mode & 0o777 });
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}

export function deleteFile(path: string): void {
  rmSync(path, { force: true });
}

/** A compressed copy, as its name says: `app.js.gz`, `.br`, `.zst`. */
export function compressLike(path: string, text: string): Uint8Array {
  if (path.endsWith(".gz")) return gzipSync(text, { level: 9 });
  if (path.endsWith(".zst")) return zstdCompressSync(text);
  return brotliCompressSync(text, {
    params: {
      [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
      [constants.BROTLI_PARAM_SIZE_HINT]: text.length,
    },
  });
}
