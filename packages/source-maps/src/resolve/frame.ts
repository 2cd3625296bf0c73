import type { UnresolvedReason } from "./unresolved-reasons.ts";

/** A call as the browser told it. */
export interface RawFrame {
  readonly function?: string;
  /** URL as the engine wrote it. */
  readonly file?: string;
  /** From 1. */
  readonly line?: number;
  /** From 1. */
  readonly column?: number;
  /** Of the built file, where the build gave it one; a UUID, in lower case where it is ours. */
  readonly debugId?: string;
}

export type FrameResolution =
  | {
      readonly status: "resolved";
      /** Path of the source as the map has it, without bundlers' prefixes: `src/cart.ts`. */
      readonly file: string;
      readonly line: number;
      readonly column: number;
      /**
       * Name of the enclosing function in the source, `Cart.total`; around an anonymous callback, of
       * the next one that has a name. Absent for code outside a function.
       */
      readonly function?: string;
    }
  | { readonly status: "unresolved"; readonly reason: UnresolvedReason };

export function unresolved(reason: UnresolvedReason): FrameResolution {
  return { status: "unresolved", reason };
}
