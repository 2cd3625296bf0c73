import type { FrameResolution, RawFrame } from "./frame.ts";

export interface WorkerSettings {
  readonly mapsFolder: string;
  readonly maxCacheBytes: number;
}

/** To the thread: one stack at a time. */
export interface ResolveRequest {
  readonly id: number;
  readonly service: string;
  readonly frames: readonly RawFrame[];
}

/** From the thread. `loading` comes before a map is read, so that a map that ends it is known. */
export type WorkerMessage =
  | { readonly kind: "ready" }
  | { readonly kind: "loading"; readonly service: string; readonly debugId: string }
  | {
      readonly kind: "resolved";
      readonly id: number;
      readonly resolutions: readonly FrameResolution[];
    };
