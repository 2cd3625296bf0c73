import { readFileSync } from "node:fs";

/** The text of a file, or undefined where it cannot be read. */
export type ReadText = (path: string) => string | undefined;

/**
 * Reads a small file of `/proc` or `/sys` at once: those come from memory, some 10 µs each. Never
 * throws.
 */
export function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
