/** Memory for bodies that are under way, all requests together. */
export interface ByteRoom {
  /**
   * Room for one request.
   *
   * @param holder whose it is: one alone gets a quarter of the room, or a few that send slowly would
   *   keep out all others.
   */
  enter(holder: string): ByteShare;
  usedBytes(): number;
}

export interface ByteShare {
  /** Asks for this much in all; false where there is no room, and the share stays as it was. */
  resize(bytes: number): boolean;
  leave(): void;
}

const HOLDER_SHARE_RATIO = 0.25;

/** @param maxBytes asked each time: settings change. */
export function createByteRoom(maxBytes: () => number): ByteRoom {
  const holders = new Map<string, number>();
  let used = 0;

  function move(holder: string, difference: number): void {
    const bytes = (holders.get(holder) ?? 0) + difference;
    if (bytes === 0) holders.delete(holder);
    else holders.set(holder, bytes);
    used += difference;
  }

  return {
    enter(holder) {
      let own = 0;
      return {
        resize(bytes) {
          const more = bytes - own;
          const held = holders.get(holder) ?? 0;
          const isFull = used + more > maxBytes() || held + more > maxBytes() * HOLDER_SHARE_RATIO;
          if (more > 0 && isFull) return false;
          move(holder, more);
          own = bytes;
          return true;
        },
        leave() {
          move(holder, -own);
          own = 0;
        },
      };
    },
    usedBytes: () => used,
  };
}
