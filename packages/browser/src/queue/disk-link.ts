import { type Disk, openDisk } from "./disk.ts";
import { within } from "./within.ts";

export interface DiskLink {
  /** As it is now; without waiting, for a page that is going away. */
  current(): Disk | undefined;
  /** Undefined where the browser has none, refuses it or hangs; asked again after a while. */
  connect(): Promise<Disk | undefined>;
  /** It failed: the next use opens it anew. */
  fail(): void;
  close(): void;
}

const OPENING_MILLIS = 3_000;
const REST_MILLIS = 30_000;

export function createDiskLink(name: string): DiskLink {
  let disk: Disk | undefined;
  let opening: Promise<void> | undefined;
  let openAtMillis = 0;

  const drop = (): void => {
    disk?.close();
    disk = undefined;
    opening = undefined;
  };
  const fail = (): void => {
    drop();
    openAtMillis = performance.now() + REST_MILLIS;
  };
  return {
    current: () => disk,
    async connect() {
      if (disk || performance.now() < openAtMillis) return disk;
      opening ??= openDisk(name, drop).then((opened) => {
        // Also when it took so long that nobody waits any more.
        disk = opened;
      });
      await within(OPENING_MILLIS, opening).catch(fail);
      return disk;
    },
    fail,
    close() {
      fail();
      openAtMillis = Number.POSITIVE_INFINITY;
    },
  };
}
