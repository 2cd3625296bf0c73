/** A text that is no source map of version 3; the message says where. */
export class BadMap extends Error {
  override readonly name = "BadMap";
}

/** A map that would take more memory than its reader may have. */
export class MapTooLarge extends Error {
  override readonly name = "MapTooLarge";
}
