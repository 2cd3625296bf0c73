import { unwatchFile, watchFile } from "node:fs";

export interface ConfigWatch {
  stop(): void;
}

/** Looked at, not listened to: a file that is replaced, or mounted into a container, has no events. */
const LOOK_EVERY_MILLIS = 1_000;

/** Calls `onChange` when the file is another one than before, or on SIGHUP. */
export function watchConfig(path: string | undefined, onChange: () => void): ConfigWatch {
  const look = (
    now: { readonly mtimeMs: number; readonly ino: number; readonly size: number },
    before: typeof now,
  ): void => {
    const isSame =
      now.mtimeMs === before.mtimeMs && now.ino === before.ino && now.size === before.size;
    if (!isSame) onChange();
  };
  if (path !== undefined) {
    watchFile(path, { interval: LOOK_EVERY_MILLIS, persistent: false }, look);
  }
  process.on("SIGHUP", onChange);
  return {
    stop() {
      if (path !== undefined) unwatchFile(path, look);
      process.off("SIGHUP", onChange);
    },
  };
}
