import type { FrameResolution, RawFrame } from "./frame.ts";
import { createMapCache } from "./map-cache.ts";
import { resolveFrame } from "./resolve-frame.ts";

/** Memory of maps that are kept ready, bytes. */
export const DEFAULT_CACHE_BYTES = 50_331_648;

export interface MapFolderOptions {
  /** `<mapsFolder>/<service>/<debugId>.map`. */
  readonly mapsFolder: string;
  /** Memory of maps that are kept ready. Default 48 MiB. */
  readonly maxCacheBytes?: number;
}

export interface MapFolder {
  /** Resolves frames with the maps of one app alone. Never throws for what is in a map or a frame. */
  resolve(service: string, frames: readonly RawFrame[]): readonly FrameResolution[];
}

/**
 * Stacks resolved in the thread of the caller, without a time limit: for a command that shows one
 * problem. A server takes `createStackResolver`.
 */
export function openMapFolder({ mapsFolder, maxCacheBytes }: MapFolderOptions): MapFolder {
  const maps = createMapCache(mapsFolder, maxCacheBytes ?? DEFAULT_CACHE_BYTES);
  return {
    resolve: (service, frames) => frames.map((frame) => resolveFrame(maps, service, frame)),
  };
}
