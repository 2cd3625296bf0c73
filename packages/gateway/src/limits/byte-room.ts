/** Memory for bodies that are under way, all requests together. */
export interface ByteRoom {
  /** Room for one request. */
  enter(): ByteShare;
  usedBytes(): number;
}

export interface ByteShare {
  /** Asks for this much in all; false where there is no room, and the share stays as it was. */
  resize(bytes: number): boolean;
  leave(): void;
}

export function createByteRoom(maxBytes: number): ByteRoom {
  let used = 0;
  return {
    enter() {
      let own = 0;
      return {
        resize(bytes) {
          if (bytes > own && used - own + bytes > maxBytes) return false;
          used += bytes - own;
          own = bytes;
          return true;
        },
        leave() {
          used -= own;
          own = 0;
        },
      };
    },
    usedBytes: () => used,
  };
}
