import type { FileHandle } from "node:fs/promises";
import type { FollowedFile } from "./followed-file.ts";
import type { Readable } from "./read-queue.ts";

/** A file that is followed, and what is known of it. */
export interface Entry extends Readable {
  readonly key: string;
  readonly file: FollowedFile;
  /** The last path at which the glob found it. */
  path: string;
  /** Undefined while it is quiet and too many are open. */
  handle: FileHandle | undefined;
  /** The glob finds it now. False: renamed, deleted, or a generation that was found beside it. */
  isAtPath: boolean;
  /** The largest that was seen since it was last truncated. */
  size: number;
  links: number;
  modifiedMillis: number;
  /** When it last grew, was read, or lost its path. */
  activeMillis: number;
  dueMillis: number;
  /** Its last lines were handed on and flushed. */
  isEnded: boolean;
  /** When the copy that is being read was last written. */
  copiedMillis: number | undefined;
  /** It was read to its end. Lines of newer generations come after it. */
  isCaughtUp: boolean;
  /** Older generations that are read first. */
  after: readonly Entry[];
}
