/** A call as the browser told it. */
export interface RawFrame {
  readonly function?: string;
  /** URL as the engine wrote it. */
  readonly file?: string;
  /** From 1. */
  readonly line?: number;
  /** From 1. */
  readonly column?: number;
  /** Of the built file, where the build gave it one; a UUID in lower case. */
  readonly debugId?: string;
}

/** Why a frame stays as it came. A closed list; each has a sentence for people in `UNRESOLVED_REASONS`. */
export type UnresolvedReason =
  | "no_debug_id"
  | "bad_debug_id"
  | "no_map"
  | "map_too_large"
  | "bad_map"
  | "no_position"
  | "not_mapped"
  | "timed_out"
  | "out_of_memory";

export type FrameResolution =
  | {
      readonly status: "resolved";
      /** Path of the source as the map has it, without bundlers' prefixes: `src/cart.ts`. */
      readonly file: string;
      readonly line: number;
      readonly column: number;
      /** Name of the enclosing function in the source; absent for code outside a function. */
      readonly function?: string;
    }
  | { readonly status: "unresolved"; readonly reason: UnresolvedReason };

export interface StackResolver {
  /**
   * Resolves the frames of one stack, innermost first, with the maps of one app alone. Never rejects,
   * downloads nothing, and answers within its time limit.
   */
  resolve(service: string, frames: readonly RawFrame[]): Promise<readonly FrameResolution[]>;
  close(): Promise<void>;
}

export interface StackResolverOptions {
  /** `<mapsFolder>/<service>/<debugId>.map`. */
  readonly mapsFolder: string;
  /** Memory of maps that are kept ready. Default 48 MiB. */
  readonly maxCacheBytes?: number;
  /** Of one stack. Default 2,000. */
  readonly timeoutMillis?: number;
}
