import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { encodedMappings, type SourceMapSegment, TraceMap } from "@jridgewell/trace-mapping";

export const ID = "0f0e1ddc-3b3a-5c5d-9a49-111111111111";
export const OTHER_ID = "0f0e1ddc-3b3a-5c5d-9a49-222222222222";

/** A map of one line: column → line and column of `source`. */
export function mapOf(
  segments: readonly SourceMapSegment[],
  { sources = ["../src/cart.ts"], ...more }: Readonly<Record<string, unknown>> = {},
): string {
  const list = sources as string[];
  const mappings = encodedMappings(
    new TraceMap({ version: 3, names: [], sources: list, mappings: [[...segments]] }),
  );
  return JSON.stringify({ version: 3, names: [], sources: list, mappings, ...more });
}

/** As a map is stored: by a rename, whole. */
export function putMap(mapsFolder: string, service: string, debugId: string, text: string): string {
  const folder = join(mapsFolder, service);
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${debugId}.map`);
  writeFileSync(`${path}.draft`, text);
  renameSync(`${path}.draft`, path);
  return path;
}

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
/** Valid and slow to read: very many segments, each a step of one column. */
export function hugeMappings(segments: number): string {
  return new Array<string>(segments).fill(`${DIGITS[2]}AAC`).join(",");
}
