import type { Clock } from "@sightline/wire";
import type { Entry } from "./entry.ts";
import type { Notices } from "./notices.ts";

/** How soon a file is tried again that could not be read. */
const RETRY_MILLIS = 10_000;

export interface ReadEffects {
  readonly clock: Clock;
  readonly notices: Notices;
  replaced(entry: Entry): Promise<void>;
  contentEnded(entry: Entry): Promise<void>;
}

/** Reads one chunk of a file and does what follows from it. True: there may be more. */
export async function readEntry(
  entry: Entry,
  buffer: Buffer,
  effects: ReadEffects,
): Promise<boolean> {
  const { handle } = entry;
  entry.after = entry.after.filter((older) => !older.isCaughtUp);
  if (!handle || entry.after.length > 0) return false;
  try {
    switch (await entry.file.readChunk(handle, buffer)) {
      case "more":
        entry.activeMillis = effects.clock.now();
        entry.isEnded = false;
        return true;
      case "end":
        // What is newer is only read, and its place saved, once the older lines are on their way.
        if (!entry.isAtPath && !entry.isCaughtUp) entry.file.sink().flush();
        entry.isCaughtUp = true;
        return false;
      case "replaced":
        await effects.replaced(entry);
        return true;
      case "copy_end":
        await effects.contentEnded(entry);
        return true;
    }
  } catch (error) {
    // What is newer shall not wait for what cannot be read.
    entry.isCaughtUp = true;
    entry.dueMillis = effects.clock.now() + RETRY_MILLIS;
    effects.notices.say(
      entry.path,
      `reading "${entry.path}" failed: ${String(error)}; it is tried again every few seconds`,
    );
    return false;
  }
}
