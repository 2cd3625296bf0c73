import { extname } from "node:path";

/** `.1`, `-20261123`, `.2026-11-23_08`. */
const ROTATION_PART = /^[.\-_]\d[\d.\-_T:]{0,30}$/;
const COMPRESSED = /\.(?:gz|tgz|bz2|xz|zst|zip|lz4|lzo|br|7z|Z)$/i;

/**
 * Whether a file's name is that of an older generation of `base` in the same folder:
 * `app.log.1`, `app.log-20261123`, `app.log.old`, `app-20261123.log`, `app.1.log`.
 */
export function isRotationOf(name: string, base: string): boolean {
  if (name.length <= base.length) return false;
  if (name.startsWith(base)) {
    const rest = name.slice(base.length);
    return rest === ".old" || ROTATION_PART.test(rest);
  }
  const extension = extname(base);
  if (extension === "") return false;
  const stem = base.slice(0, -extension.length);
  return (
    name.startsWith(stem) &&
    name.endsWith(extension) &&
    ROTATION_PART.test(name.slice(stem.length, -extension.length))
  );
}

export function isCompressed(name: string): boolean {
  return COMPRESSED.test(name);
}
