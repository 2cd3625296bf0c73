import type { BuildFault } from "./build-faults.ts";

/** A built file and where its map went. */
export interface BuiltFile {
  /** Below the folder of the build, with slashes. */
  readonly path: string;
  readonly debugId: string;
  /** `unchanged`: an earlier run has done it, and its map is stored. */
  readonly status: "stored" | "unchanged";
  /** Of the stored map. */
  readonly mapBytes: number;
  /** Functions of the source that a stack can name. */
  readonly functions: number;
}

/** What became of a build, as plain data. */
export interface BuildReport {
  readonly service: string;
  readonly release?: string;
  /** Absolute. */
  readonly folder: string;
  /** Absolute; the maps are in `<mapsFolder>/<service>`. */
  readonly mapsFolder: string;
  readonly files: readonly BuiltFile[];
  /** Maps that are no longer in the build, below its folder. */
  readonly removed: readonly string[];
  /** Files that hold hashes of changed files (`integrity`), or are compressed copies; written anew. */
  readonly rewritten: readonly string[];
  /** Stored maps of earlier builds that were deleted, and their bytes. */
  readonly pruned: { readonly files: number; readonly bytes: number };
  /** Where one is an error, nothing was written. */
  readonly faults: readonly BuildFault[];
}

export function hasErrors({ faults }: Pick<BuildReport, "faults">): boolean {
  return faults.some(({ severity }) => severity === "error");
}
